import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonSpot, namesOf, spotByColumn } from './raw-spot';

const LINE = '{"id": "a", "messages": [{"role": "wizard", "content": ""}, {"role": "user"}]}';

const pointed = (text: string, path: string): string | null => {
  const spot = jsonSpot(text, namesOf(path));
  return spot && text.slice(spot.start, spot.end);
};

describe('the bad spot of a part of a file', () => {
  it('is a column of one of its lines', () => {
    const begins = { line: 3, column: 1 };
    expect(spotByColumn('{"a": nul}', begins, 'A value is expected (line 3, column 7)')).toEqual({
      start: 6,
      end: 7,
    });
    expect(spotByColumn('{"a"', begins, 'The text ends. (line 3, column 5)')).toEqual({ start: 4, end: 4 });
    expect(spotByColumn('{"a"', begins, 'As in line 1. (line 1, column 2)')).toBeNull();
    expect(spotByColumn('{"a"', begins, 'Cut off before. (line 3, column 900)')).toBeNull();
    expect(spotByColumn('{"a"', begins, 'Wrong.')).toBeNull();
    expect(spotByColumn('{\n "a": nul\n}', { line: 3, column: 40 }, '(line 4, column 7)')).toEqual({
      start: 8,
      end: 9,
    });
    expect(spotByColumn('{"a": nul}', { line: 3, column: 40 }, '(line 3, column 46)')).toEqual({
      start: 6,
      end: 7,
    });
  });

  it('is the value that a pointer leads to', () => {
    expect(pointed(LINE, '/messages/0/role')).toBe('"wizard"');
    expect(pointed(LINE, '/messages/0')).toBe('{"role": "wizard", "content": ""}');
    expect(pointed('{"a/b": {"~": [1, 2]}}', '/a~1b/~0/1')).toBe('2');
  });

  it('is the innermost place that is there, where something is missing', () => {
    expect(pointed(LINE, '/messages/1/content')).toBe('{"role": "user"}');
    expect(pointed(LINE, '/prompt')).toBeNull();
  });

  it('is found for every value of every JSON text', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), value, { noNullPrototype: true }), (object) => {
        const text = JSON.stringify(object, null, 1);
        for (const [name, inner] of Object.entries(object)) {
          const spot = jsonSpot(text, [name]);
          expect(JSON.parse(text.slice(spot?.start, spot?.end))).toEqual(JSON.parse(JSON.stringify(inner)));
        }
      }),
    );
  });

  it('neither loops nor throws on any text', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', 'a', ' ', '1'),
    });
    fc.assert(
      fc.property(hostile, (text) => {
        const spot = jsonSpot(text, ['a', '1']);
        if (spot) expect(spot.start).toBeLessThanOrEqual(spot.end);
      }),
    );
  });
});
