import { expect, test } from 'vitest';
import { epochWords, recordWords } from './plan-words';
import { exampleJob } from './testing';

const started = exampleJob({
  status: 'running',
  started_at: '2026-03-01T09:00:00.000Z',
  current_step: 250,
  current_epoch: 8,
  total_steps: 400,
  total_epochs: 14,
  hyperparameters: { ...exampleJob().hyperparameters, max_steps: 400 },
  plan: { train_records: 225, held_out_records: 25, truncated_records: 0 },
});

test('says how far into its epochs a run is, and that the last one is not whole', () => {
  expect(epochWords(started)).toBe('epoch 8.6 of 13.8');
  expect(epochWords({ ...started, current_step: 145, total_steps: 145 })).toBe('epoch 5 of 5');
  expect(epochWords({ ...started, plan: null })).toBe('epoch 9 of 14');
  expect(epochWords({ ...started, started_at: null })).toBe('14 epochs');
});

test('a run of a few steps is a part of an epoch, and not none', () => {
  const short = { ...started, current_step: 1, total_steps: 4 };
  expect(epochWords(short)).toBe('epoch 0.03 of 0.1');
  expect(epochWords({ ...short, current_step: 0 })).toBe('epoch 0 of 0.1');
});

test('says what is learned from, once it is counted', () => {
  expect(recordWords(started)).toBe('225 to train on, 25 held out');
  expect(recordWords({ ...started, plan: { train_records: 7, truncated_records: 3 } })).toBe(
    '7 to train on, 0 held out, 3 cut at the maximum length',
  );
  expect(recordWords({ ...started, plan: null })).toBeNull();
});
