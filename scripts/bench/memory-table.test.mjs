import { expect, test } from 'vitest';

import { memoryTable } from './memory-table.mjs';

const MIB = 2 ** 20;
const row = (changes) => ({
  model: 'small',
  micro_batch: 4,
  longest_row: 256,
  trained_share: 0.5,
  settings: { lora_rank: 16, lora_dropout: 0, target_modules: 'all-linear' },
  recompute_mlps: 0,
  recompute_layers: 0,
  estimated_bytes: 1000 * MIB,
  peak_bytes: 990 * MIB,
  ...changes,
});

test('sets what was measured beside the estimate, with what each configuration changes', () => {
  const other = row({ settings: { lora_rank: 64 }, recompute_layers: 2, peak_bytes: 1040 * MIB });
  const lines = memoryTable([row({}), other]).split('\n');
  expect(lines[1].trim().split(/ {2,}/)).toEqual(['small', '4 × 256', '50 %', '–', '1000', '990', '0.990']);
  expect(lines[2]).toContain('lora_rank 64, 2 layers recomputed');
  expect(lines[3]).toBe('2 configurations, measured ÷ estimate from 0.990 to 1.040');
});
