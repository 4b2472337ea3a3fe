import { expect, test } from 'vitest';
import { tryItWords } from './try-it-words';

test('the button says how long the last run took, and claims nothing before there is one', () => {
  expect(tryItWords(42_000, 0)).toBe('Try it, ≈ 42 s');
  expect(tryItWords(null, 0)).toBe('Try it');
});

test('behind other jobs it says when it starts, not how long it takes', () => {
  expect(tryItWords(42_000, 1)).toBe('Try it, after the queue');
  expect(tryItWords(null, 2)).toBe('Try it, after the queue');
});
