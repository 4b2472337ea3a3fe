import { expect, it } from 'vitest';
import { nextAfter } from './next-after';

it.each([
  [[3, 7, 9], 3, 7],
  [[9, 3, 7], -1, 3],
  [[3, 7], 7, 3],
  [[3], 3, 3],
  [[], 0, null],
])('of %j after %i comes %s', (places, at, next) => {
  expect(nextAfter(places, at)).toBe(next);
});
