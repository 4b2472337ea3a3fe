import { expect, test } from 'vitest';

import { cardTable } from './card-table.mjs';

const ours = {
  shape: '8b',
  work: 'full',
  tokens: 4096,
  name: 'ours',
  tokens_per_second: 12_473,
  operations_per_second: 4e14,
  share_of_published_peak: 0.4044,
  peak_bytes: 2 ** 35,
  steps: { 1: { loss: 11.9, gradient_norm: 0.5 }, 200: { loss: 11.7, gradient_norm: 0.25 } },
};
const result = { card: 'Some card', precision: 'bf16', torch: '2.13.0', matrix_rate: 8e14, rows: [ours] };

test('sets speed against what the card is said to do and what it does', () => {
  const [about, steps, , line] = cardTable(result).split('\n');
  expect(about).toContain('runs at 800.0 TFLOP/s');
  expect(steps).toBe('loss and gradient norm at steps 1, 200');
  expect(line.trim().split(/ {2,}/)).toEqual([
    '8b',
    'full, 4096',
    'ours',
    '12,473',
    '100.0 %',
    '40.4 %',
    '50.0 %',
    '32.0',
    '11.9000 / 11.7000',
    '0.500 / 0.250',
  ]);
});

test('sets a contender without one of the levers against all of them, and passes on what was said', () => {
  const without = { ...ours, name: 'without norms', tokens_per_second: 11_225, warnings: ['no compiler'] };
  without.steps = { 1: ours.steps[1], 30: ours.steps[200] };
  const [, steps, warning, , , line] = cardTable({ ...result, rows: [ours, without] }).split('\n');
  expect(steps).toBe('loss and gradient norm at steps 1, 200; without a lever 1, 30');
  expect(warning).toBe('no compiler');
  expect(line).toContain('without norms');
  expect(line).toContain('90.0 %');
});

test('says how a contender failed', () => {
  const rows = [ours, { shape: '8b', work: 'full', tokens: 4096, name: 'peft', failed: 'OSError: what' }];
  expect(cardTable({ ...result, rows })).toContain('OSError: what');
});

test('says of a contender that the memory did not hold it', () => {
  const rows = [{ shape: '8b', work: 'full', tokens: 4096, name: 'peft', out_of_memory: true }];
  expect(cardTable({ ...result, rows })).toContain('out of memory');
});
