import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DatasetProblem } from '../../lib/types/dataset-records';
import { jsonSpot, spotOf } from './raw-spot';

const problem = (rest: Partial<DatasetProblem>): DatasetProblem => ({
  line: 3,
  path: null,
  record_id: null,
  type: 'malformed_json',
  severity: 'error',
  error: 'Wrong.',
  suggestion: null,
  ...rest,
});
const marked = (text: string, rest: Partial<DatasetProblem>): string | null => {
  const spot = spotOf(text, problem(rest));
  return spot && text.slice(spot.start, spot.end);
};

const LINE = '{"id": "a", "messages": [{"role": "wizard", "content": ""}, {"role": "user"}]}';

describe('the bad spot of a line', () => {
  it('is a column of this line', () => {
    expect(marked('{"a": nul}', { error: 'A value is expected (line 3, column 7)' })).toBe('n');
    expect(spotOf('{"a"', problem({ error: 'The text ends. (line 3, column 5)' }))).toEqual({
      start: 4,
      end: 4,
    });
    expect(marked('{"a"', { error: 'As in line 1. (line 1, column 2)' })).toBeNull();
    expect(marked('{"a"', { error: 'Cut off before. (line 3, column 900)' })).toBeNull();
  });

  it('is the value that a pointer leads to', () => {
    expect(marked(LINE, { path: '/messages/0/role' })).toBe('"wizard"');
    expect(marked(LINE, { path: '/messages/0' })).toBe('{"role": "wizard", "content": ""}');
    expect(marked('{"a/b": {"~": [1, 2]}}', { path: '/a~1b/~0/1' })).toBe('2');
  });

  it('is the innermost place that is there, where something is missing', () => {
    expect(marked(LINE, { path: '/messages/1/content' })).toBe('{"role": "user"}');
    expect(marked(LINE, { path: '/prompt' })).toBeNull();
  });

  it('is found where the record is one of a document', () => {
    expect(marked(`${LINE},`, { path: '/data/12/messages/0/content' })).toBe('""');
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
