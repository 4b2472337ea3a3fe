import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairTurns, splitChange } from './turn-changes';

const turn = (words: string) => {
  const [name = '', content = ''] = words.split(':');
  return { name, content };
};
const pairs = (before: readonly string[], after: readonly string[]) =>
  pairTurns(before.map(turn), after.map(turn)).map(
    (pair) => `${pair.name}:${pair.before ?? '∅'}→${pair.after ?? '∅'}`,
  );

describe('turns before and after', () => {
  it('are paired where one of a speaker changed', () => {
    expect(pairs(['user: q', 'assistant:a '], ['user:q', 'assistant:a'])).toEqual([
      'user: q→q',
      'assistant:a →a',
    ]);
  });

  it('stand alone where one was dropped or merged', () => {
    expect(pairs(['user:q', 'user:q', 'assistant:a'], ['user:q', 'assistant:a'])).toContain('user:q→∅');
    expect(pairs(['system:S', 'user:q', 'assistant:a'], ['user:S q', 'assistant:a'])).toEqual([
      'system:S→∅',
      'user:q→S q',
      'assistant:a→a',
    ]);
  });

  it('keep every turn of both, in order', () => {
    const turns = fc.array(
      fc.record({ name: fc.constantFrom('user', 'assistant'), content: fc.constantFrom('a', 'b', 'c') }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(turns, turns, (before, after) => {
        const found = pairTurns(before, after);
        const side = (key: 'before' | 'after') =>
          found.map((pair) => pair[key]).filter((text) => text !== null);
        expect(side('before')).toEqual(before.map(({ content }) => content));
        expect(side('after')).toEqual(after.map(({ content }) => content));
      }),
    );
  });
});

describe('a changed text', () => {
  it('is cut around what differs', () => {
    expect(splitChange('the red fox', 'the big fox')).toEqual([
      { start: 'the ', middle: 'red', end: ' fox' },
      { start: 'the ', middle: 'big', end: ' fox' },
    ]);
  });

  it('is whole again when its parts are joined, and no character is cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '😀', '😁', '𝄞', ' ') });
    fc.assert(
      fc.property(text, text, (before, after) => {
        splitChange(before, after).forEach(({ start, middle, end }, side) => {
          expect(start + middle + end).toBe(side === 0 ? before : after);
          for (const part of [start, middle, end])
            expect(new TextDecoder().decode(new TextEncoder().encode(part))).toBe(part);
        });
      }),
    );
  });
});
