import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fakeBaseModel, fakeId, fakeJob } from '../src/fake-rows';
import { openWorld, removeWorld, type World } from './services/jobs/testing';
import { tryIt, tryItPlan } from './try-it';

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

describe('a try on a machine', () => {
  let world: World | null = null;
  afterEach(async () => {
    await world?.close();
    if (world) await removeWorld(world.dir);
  });

  const on = async (free_bytes?: number) => {
    const opened = await openWorld(free_bytes === undefined ? {} : { free_bytes });
    world = opened;
    const { jobs, repositories } = opened;
    const there = <Row>(row: Row | null | undefined): Row => {
      if (!row) throw new Error('not there');
      return row;
    };
    const datasets = {
      importSample: async () => there(await repositories.datasets.get(opened.dataset_id)),
    };
    const baseModels = { bundled: () => repositories.baseModels.get(opened.base_model_id) };
    return { opened, begin: (steps?: number) => tryIt({ datasets, baseModels, jobs, samplesDir }, steps) };
  };

  test.each([undefined, 3])(
    'that lacks memory or disk is refused, also with %j steps given',
    async (steps) => {
      const { opened, begin } = await on(1000);
      await expect(begin(steps)).rejects.toMatchObject({ code: 'does_not_fit' });
      opened.state.disk_free_bytes = 10;
      await expect(begin(steps)).rejects.toMatchObject({ code: 'does_not_fit' });
      expect(await opened.jobs.list()).toEqual([]);
    },
  );

  test('that has both begins at once: no token is counted before', async () => {
    const { opened, begin } = await on();
    const counted = vi.spyOn(opened.estimates, 'estimate');
    expect((await begin()).total_steps).toBe(15);
    expect((await begin(3)).total_steps).toBe(3);
    expect(counted).not.toHaveBeenCalled();
  });
});
