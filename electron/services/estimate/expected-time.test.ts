import { expect, it, vi } from 'vitest';
import { fakeEstimate, fakeId, fakeJob } from '../../../src/fake-rows';
import type { Checkpoint } from '../../../src/lib/types/job-records';
import { expectedTime, leftOf } from './expected-time';

const MINUTE = 60_000;
const TIME = { low: 8 * MINUTE, expected: 10 * MINUTE, high: 12 * MINUTE };
const MEASURED = { time_ms: TIME, time_method: 'From 3 past runs.' };

const checkpoint = (step: number, pruned: boolean): Checkpoint => ({
  ...{ step, pruned, path: `checkpoints/step-${step}`, size_bytes: 1, sha256: 'a'.repeat(64) },
  ...{ validation_loss: null, best: false, created_at: '2026-01-01T00:00:00.000Z' },
});

it('asks of the very run that waits: its own settings, mixture and all', async () => {
  const job = fakeJob(1, { current_step: 0 });
  const version = { dataset_version_id: fakeId(7), version_number: 1, sha256: 'a'.repeat(64) };
  const part = { ...version, name: 'Data', format: 'chat' };
  const datasets = [
    { ...part, dataset_id: job.dataset_id, weight: 1 },
    { ...part, dataset_id: fakeId(3), weight: 2 },
  ];
  const estimate = vi.fn(() => Promise.resolve(fakeEstimate(MEASURED)));
  const jobs = {
    get: () => Promise.resolve(job),
    datasets: () => Promise.resolve(datasets),
    checkpoints: () => Promise.resolve([]),
  };
  const found = await expectedTime({ jobs, estimates: { estimate } }, job.id);
  const bytes = { low: 1e9, expected: 2e9, high: 3e9 };
  expect(found).toEqual({ ...MEASURED, memory: { bytes, total_bytes: 16e9, method: 'Formula.' } });
  const { dataset_id, base_model_id, preset_id } = job;
  const more_datasets = [{ dataset_id: fakeId(3), weight: 2 }];
  expect(estimate).toHaveBeenCalledExactlyOnceWith(
    { dataset_id, base_model_id, preset_id, changes: {}, weight: 1, more_datasets },
    job.hyperparameters,
  );
});

it('is that of what is left, where a run goes on from a checkpoint', () => {
  expect(leftOf({ from_step: 0, total_steps: 100 }, MEASURED)).toEqual(MEASURED);
  expect(leftOf({ from_step: 75, total_steps: 100 }, MEASURED)).toEqual({
    time_ms: { low: 2 * MINUTE, expected: 2.5 * MINUTE, high: 3 * MINUTE },
    time_method: 'From 3 past runs. 25 of 100 steps are left.',
  });
});

it('counts from the newest checkpoint that is kept, which a killed run had left behind', async () => {
  const job = fakeJob(1, { current_step: 199, total_steps: 200 });
  const jobs = {
    get: () => Promise.resolve(job),
    datasets: () => Promise.resolve([]),
    checkpoints: () => Promise.resolve([50, 100, 150].map((step) => checkpoint(step, step === 150))),
  };
  const estimates = { estimate: () => Promise.resolve(fakeEstimate(MEASURED)) };
  const { time_ms, time_method } = await expectedTime({ jobs, estimates }, job.id);
  expect(time_ms?.expected).toBe(5 * MINUTE);
  expect(time_method).toContain('100 of 200 steps are left');
});

it('says why where nothing was measured', () => {
  const unknown = { time_ms: null, time_method: 'No run was measured yet.' };
  expect(leftOf({ from_step: 75, total_steps: 100 }, unknown)).toEqual(unknown);
});
