import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecordView } from '../../lib/types/record-view';
import { FEWEST_FOLDED, foldTurns, mattersIn } from './turn-folds';

type Turn = RecordView['turns'][number];

const LENGTH = 10;

/** Turns of ten tokens each; answers train half of theirs, and those of `lost` are cut. */
const turnsOf = (roles: readonly string[], lost: readonly [number, number] = [0, 0]): Turn[] =>
  roles.map((role, index) => ({
    role,
    start: index * LENGTH,
    end: (index + 1) * LENGTH,
    trained_tokens: role === 'assistant' ? LENGTH / 2 : 0,
    cut: index >= lost[0] && index < lost[1],
  }));

const viewOf = (turns: readonly Turn[], words: readonly string[] = []): RecordView => ({
  messages: [],
  text: '',
  tokens: turns.flatMap(({ cut }, index) =>
    Array.from({ length: LENGTH }, (_, id) => ({
      id,
      text: id === 0 ? (words[index] ?? 'word ') : 'word ',
      trained: false,
      cut,
    })),
  ),
  turns: [...turns],
  total_tokens: turns.length * LENGTH,
  trained_tokens: 0,
  lost_tokens: 0,
  lost_trained_tokens: 0,
  dropped_turns: 0,
  template: { source: 'own', note: '' },
  max_length: 512,
});

const talk = (exchanges: number): string[] => [
  'system',
  ...Array.from({ length: exchanges }, () => ['user', 'assistant']).flat(),
];

const NONE = { query: '', problems: [], roles: talk(6) };

const folded = (view: RecordView, seek: Parameters<typeof mattersIn>[1] = NONE) =>
  foldTurns(view, view.turns, mattersIn(view, seek))
    .filter(({ isFolded }) => isFolded)
    .map(({ first, turns }) => [first, first + turns.length - 1]);

describe('the turns that are folded into a line', () => {
  test('lie between the first exchange and the last of a record that fits', () => {
    expect(folded(viewOf(turnsOf(talk(6))))).toEqual([[4, 11]]);
  });

  test('reach up to the cut, and what is lost next to it is seen', () => {
    // Turn 12 is the first that is lost.
    expect(folded(viewOf(turnsOf(talk(6), [11, 13])))).toEqual([[4, 11]]);
  });

  test('are folded apart where many are lost', () => {
    const view = viewOf(turnsOf(talk(12), [11, 25]));
    expect(folded(view)).toEqual([
      [4, 11],
      [14, 23],
    ]);
  });

  test('keep both ends of what is lost from the beginning', () => {
    // The oldest exchanges go: turns 2 to 15 of 25.
    expect(folded(viewOf(turnsOf(talk(12), [1, 15])))).toEqual([
      [4, 13],
      [16, 23],
    ]);
  });

  test('are at least three', () => {
    // System, the first exchange, two turns between, the last exchange.
    expect(folded(viewOf(turnsOf(talk(3))))).toEqual([]);
    expect(folded(viewOf(turnsOf([...talk(2), 'tool', 'user', 'assistant'])))).toEqual([[4, 6]]);
  });

  test('leave out what a search finds, whatever its case', () => {
    const words = talk(6).map((_, index) => (index === 7 ? 'Galvo ' : 'word '));
    const view = viewOf(turnsOf(talk(6)), words);
    expect(folded(view, { ...NONE, query: ' gALVO' })).toEqual([
      [4, 7],
      [9, 11],
    ]);
    expect(folded(view, { ...NONE, query: '  ' })).toEqual([[4, 11]]);
  });

  test('leave out the turn that a problem names', () => {
    const problem = {
      record_id: 'a',
      error: 'Message 6 contains “<|im_end|>”, which looks like a template.',
    };
    const view = viewOf(turnsOf(talk(6)));
    expect(folded(view, { ...NONE, problems: [problem.error] })).toEqual([[7, 11]]);
    expect(folded(view, { ...NONE, problems: ['The text contains “<|im_end|>”.'] })).toEqual([[4, 11]]);
  });

  test('leave out that turn where the template has no system role and the system text went to the first turn', () => {
    const roles = talk(6);
    const view = viewOf(turnsOf(roles.slice(1)));
    const of = (number: number, record = roles) =>
      folded(view, { query: '', problems: [`Message ${number} contains “{{name}}”.`], roles: record });
    // Message 6 is the fifth turn of the view.
    expect(of(6)).toEqual([[6, 10]]);
    expect(of(1)).toEqual([[3, 10]]);
    expect(of(2)).toEqual([[3, 10]]);
    const late = [...roles.slice(1, 7), 'system', ...roles.slice(7)];
    expect(of(5, late)).toEqual([[6, 10]]);
    expect(of(8, late)).toEqual([
      [3, 6],
      [8, 10],
    ]);
  });

  test('are counted without what the template says of its own', () => {
    const turns = turnsOf(['template', ...talk(6)]);
    expect(folded(viewOf(turns))).toEqual([[4, 11]]);
  });

  test('are counted where the cut is inside a turn', () => {
    const view = viewOf(turnsOf(talk(9)));
    const tokens = view.tokens.map((token, index) => ({ ...token, cut: index >= 105 }));
    const turns = view.turns.map((turn, index) => ({ ...turn, cut: index > 10 }));
    // Turn 11 holds the cut.
    expect(folded({ ...view, tokens, turns })).toEqual([
      [4, 9],
      [14, 17],
    ]);
  });

  test('never hide a thing that must be seen, and lose nothing', () => {
    const anyTurns = fc.record({
      roles: fc.array(fc.constantFrom('system', 'user', 'assistant', 'tool'), { maxLength: 30 }),
      from: fc.nat(30),
      lost: fc.nat(30),
      wanted: fc.nat(30),
    });
    fc.assert(
      fc.property(anyTurns, ({ roles, from, lost, wanted }) => {
        const view = viewOf(turnsOf(roles, [from, from + lost]));
        const stretches = foldTurns(view, view.turns, (turn) => turn.start === wanted * LENGTH);
        expect(stretches.flatMap(({ turns }) => turns)).toEqual(view.turns);
        const hidden = stretches.filter(({ isFolded }) => isFolded);
        for (const { turns } of hidden) {
          expect(turns.length).toBeGreaterThanOrEqual(FEWEST_FOLDED);
          expect(new Set(turns.map(({ cut }) => cut)).size).toBe(1);
        }
        const gone = new Set(hidden.flatMap(({ turns }) => turns.map(({ start }) => start / LENGTH)));
        const answer = roles.indexOf('assistant');
        const cutAt = view.turns.findIndex(({ cut }) => cut);
        const around = cutAt < 0 ? [] : [cutAt, cutAt + 1].filter((index) => view.turns[index]?.cut);
        for (const index of [0, answer, wanted, roles.length - 1, ...around])
          expect(gone.has(index)).toBe(false);
      }),
    );
  });
});
