import { expect, test } from 'vitest';
import { firstTimeWords, tryItWords } from './try-it-words';

test('the button says how long the last run took, and claims nothing before there is one', () => {
  expect(tryItWords(42_000, 0)).toBe('Try it, ≈ 42 s');
  expect(tryItWords(null, 0)).toBe('Try it');
});

test('behind other jobs it says when it starts, not how long it takes', () => {
  expect(tryItWords(42_000, 1)).toBe('Try it, after the queue');
  expect(tryItWords(null, 2)).toBe('Try it, after the queue');
});

const CARD = {
  uuid: 'GPU-1',
  name: 'NVIDIA RTX 4090',
  driver: '580.65',
  memory_total_bytes: 24e9,
  memory_used_bytes: 0,
  utilization: null,
  temperature: null,
  power_watts: null,
};

test('what was seen on two cores is not promised to a machine with a card', () => {
  expect(firstTimeWords({ gpus: [] })).toMatch(/^About a minute and a half on two cores\. /u);
  expect(firstTimeWords({ gpus: [CARD] })).toContain(
    'without a card; with yours it was not timed yet. A probe',
  );
  expect(firstTimeWords(null)).not.toContain('cores');
});
