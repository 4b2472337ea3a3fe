import { expect, test } from 'vitest';

import { trainerTable } from './trainer-table.mjs';

const row = (name, records_per_second) => ({
  name,
  records_per_second,
  real_tokens_per_second: 192 * records_per_second,
  trained_tokens_per_second: 100 * records_per_second,
  real_tokens_per_processor_second: 96 * records_per_second,
  peak_bytes: 2 ** 31,
  loss: 1.5,
  gradient_norm: 0.25,
  held_out_loss: 1.60851,
  seconds: [8 / records_per_second, 8 / records_per_second, 80],
});

test('sets every rival beside ours, with the machine and what was compared', () => {
  const machine = { processor: 'Some CPU', threads: 2, precision: 'fp32', versions: { torch: '2.15.0' } };
  const rows = [row('ours', 1.5), row('peft', 1), row('trl_default', 0.5)];
  const lines = trainerTable({ machine, base_held_out_loss: 1.708, rows }).split('\n');
  expect(lines[0]).toBe('Some CPU, 2 threads, fp32; torch 2.15.0');
  expect(lines[1]).toContain(
    '3 repeats taken in turn, “ours is” by their median; held-out loss of the base 1.7080',
  );
  expect(lines[4].trim().split(/ {2,}/)).toEqual([
    'peft',
    '1.000',
    '192',
    '100',
    '96',
    '2048',
    '1.5000',
    '0.250',
    '1.6085',
    '1.50 ×',
    '1.50 ×',
  ]);
  expect(lines[5]).toContain('3.00 ×');
});
