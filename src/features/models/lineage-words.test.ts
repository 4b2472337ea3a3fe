import { expect, test } from 'vitest';
import type { Checkpoint } from '../../lib/types/job-records';
import { fakeBaseModel } from '../../fake-rows';
import { baseWords, checkpointWords } from './lineage-words';

const checkpoint = (step: number, validation_loss: number | null): Checkpoint => ({
  step,
  path: `checkpoints/step-${step}`,
  size_bytes: 1,
  sha256: 'a'.repeat(64),
  validation_loss,
  best: false,
  pruned: false,
  created_at: '2026-03-01T08:00:00.000Z',
});

test('a checkpoint is justified by its held-out loss among all that were measured', () => {
  const measured = [checkpoint(100, 1.6), checkpoint(300, 1.428), checkpoint(400, 1.5)];
  expect(checkpointWords(measured, 300)).toBe('lowest held-out loss of 3');
  expect(checkpointWords([...measured, checkpoint(350, null)], 300)).toBe('lowest held-out loss of 3');
});

test('one that is not the lowest says which is', () => {
  expect(checkpointWords([checkpoint(100, 1.2), checkpoint(200, 1.5)], 200)).toBe(
    'held-out loss 1.500; the lowest of 2 is 1.200, at step 100',
  );
});

test('where nothing was compared it says so', () => {
  expect(checkpointWords([checkpoint(100, 1.2)], 100)).toBe('held-out loss 1.200, the only one measured');
  expect(checkpointWords([checkpoint(100, null)], 100)).toBe('not measured on held-out data');
  expect(checkpointWords([], 100)).toBe('not measured on held-out data');
});

test('a base model is called unchanged only where it was checked after the run', () => {
  const model = { base_model_fingerprint: 'a'.repeat(64), made: '2026-03-02T08:00:00.000Z' };
  const base = fakeBaseModel(2);
  expect(baseWords(model, { ...base, checked_at: '2026-03-03T08:00:00.000Z' })).toBe('unchanged since');
  expect(baseWords(model, base)).toBe('as checked before the run');
  expect(baseWords(model, { ...base, fingerprint: 'b'.repeat(64) })).toBe('changed since; trained on');
  expect(baseWords(model, undefined)).toBe('no longer in the list of base models');
});
