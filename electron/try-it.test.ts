import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeBaseModel, fakeId, fakeJob } from '../src/fake-rows';
import { tryItPlan } from './try-it';

const samplesDir = join(import.meta.dirname, '..', 'resources', 'samples');
const TRIED = 'Try it: the lighthouse keeper';

const planWith = (jobs: ReturnType<typeof fakeJob>[], model = true) =>
  tryItPlan({
    baseModels: { bundled: () => Promise.resolve(model ? fakeBaseModel(1) : null) },
    jobs: { list: () => Promise.resolve(jobs) },
    samplesDir,
  });

test('tells the sample, the model and the steps between which a probe will choose', async () => {
  expect(await planWith([])).toEqual({
    model_name: 'Base 1',
    model_bytes: 270_000_000,
    records: 250,
    sample_bytes: 469_569,
    lora_rank: 16,
    steps: { fewest: 14, most: 24 },
    last_job_id: null,
  });
});

test('knows its last run that completed, and no other', async () => {
  const jobs = [
    fakeJob(1, { name: TRIED, updated_at: '2026-03-02T08:00:00.000Z' }),
    fakeJob(2, { name: TRIED, updated_at: '2026-03-03T08:00:00.000Z' }),
    fakeJob(3, { name: TRIED, updated_at: '2026-03-04T08:00:00.000Z', status: 'failed' }),
    fakeJob(4, { updated_at: '2026-03-05T08:00:00.000Z' }),
  ];
  expect((await planWith(jobs)).last_job_id).toBe(fakeId(2));
});

test('tells what it can where the model is missing', async () => {
  expect(await planWith([], false)).toMatchObject({ model_bytes: null, records: 250 });
});
