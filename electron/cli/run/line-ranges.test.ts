import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineRanges, rangeWords } from './line-ranges';

it('reads numbers and ranges, each line once and in order', () => {
  expect(LineRanges.parse('9-12,3, 10')).toEqual([3, 9, 10, 11, 12]);
  expect(LineRanges.parse('7')).toEqual([7]);
});

it.each(['', '0', '3-', '-3', '5-4', '1,,2', 'a', '1.5', '1-100001', '1-60000,60001-100001'])(
  'refuses “%s”',
  (words) => {
    expect(LineRanges.safeParse(words).success).toBe(false);
  },
);

it('gives the lines that were written down, whatever they are', () => {
  const range = fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 20 }));
  fc.assert(
    fc.property(fc.array(range, { minLength: 1, maxLength: 10 }), (ranges) => {
      const words = ranges.map(([first, more]) =>
        more === 0 ? String(first) : `${String(first)}-${String(first + more)}`,
      );
      const lines = ranges.flatMap(([first, more]) =>
        Array.from({ length: more + 1 }, (_, index) => first + index),
      );
      expect(LineRanges.parse(words.join(','))).toEqual(
        [...new Set(lines)].toSorted((left, right) => left - right),
      );
    }),
  );
});

it('writes numbers as it reads them', () => {
  expect(rangeWords([3, 9, 10, 11, 12], 9)).toBe('3,9-12');
  expect(rangeWords([1, 3, 5], 2)).toBe('1,3 …');
  expect(LineRanges.parse(rangeWords([2, 3, 7], 9))).toEqual([2, 3, 7]);
});
