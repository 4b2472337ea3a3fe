import { expect, test } from 'vitest';
import { readingPlace } from './line-chart-readings';

const FREE = { line: 16, top: -Infinity };
const places = (upper: number, lower: number, room: typeof FREE) => [
  readingPlace({ own: upper, other: lower }, room),
  readingPlace({ own: lower, other: upper }, room),
];

test('the names of two curves stand where they end, and a line apart where they end together', () => {
  expect(places(100, 140, FREE)).toEqual([100, 140]);
  expect(places(100, 108, FREE)).toEqual([96, 112]);
});

test('none stands in the words of how far the run is', () => {
  const room = { line: 16, top: 42 };
  expect(readingPlace({ own: 10, other: null }, room)).toBe(50);
  expect(readingPlace({ own: 80, other: null }, room)).toBe(80);
  expect(places(10, 12, room)).toEqual([50, 66]);
  expect(places(10, 60, room)).toEqual([50, 66]);
  expect(places(52, 60, room)).toEqual([50, 66]);
  expect(places(80, 140, room)).toEqual([80, 140]);
});
