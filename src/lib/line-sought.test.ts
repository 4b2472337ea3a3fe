import { expect, it } from 'vitest';
import { lineSought, wordsSought } from './line-sought';

it('takes a whole number for a line, and all else for words', () => {
  expect(['402', ' 1,402 ', '12,345,678'].map(lineSought)).toEqual([402, 1402, 12_345_678]);
  expect(['', 'four', '4.2', '1,2', '-3', '402 stripes', '1234567890'].map(lineSought)).toEqual(
    Array(7).fill(null),
  );
});

it('takes a number in quotes for words', () => {
  expect(['"1984"', ' “1,984” ', '"1984 in"', '1984'].map(wordsSought)).toEqual([
    '1984',
    '1,984',
    '"1984 in"',
    '1984',
  ]);
  expect(lineSought('"1984"')).toBeNull();
});
