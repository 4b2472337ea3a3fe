import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LrPoint } from '../../../src/lib/types/lr-range';
import { openWorld, removeWorld, type World } from './testing';

let world: World;

beforeEach(async () => {
  world = await openWorld();
});

afterEach(async () => {
  await world.close();
  await removeWorld(world.dir);
});

const test = (name: string, onPoint: (point: LrPoint) => void = () => undefined) => {
  const { dataset_id, base_model_id } = world;
  const job = { name, dataset_id, base_model_id, preset_id: 'balanced', changes: {} } as const;
  return world.jobs.rateTest.run(job, { steps: 3, onPoint });
};

/** A test under way, that has measured its first point; answers how it ends. */
const begun = () =>
  new Promise<{ readonly ending: Promise<unknown> }>((resolve) => {
    const ending: Promise<unknown> = test('held', () => resolve({ ending })).catch((error: unknown) => error);
  });

const leftBehind = async () =>
  (await readdir(world.paths.cacheDir)).filter((name) => name.startsWith('probe-'));

const GAVE_WAY = {
  code: 'trial_beside_run',
  message: 'A run has come into the queue, and both would share its memory and its time.',
};
const STOPPED = { code: 'rate_test_stopped', message: 'The rate test was stopped.' };

it('tells each point as it is measured, then all of them, and keeps nothing', async () => {
  const told: LrPoint[] = [];
  const found = await test('plain', (point) => told.push(point));
  expect(found).toMatchObject({ suggestion: 0.0002, exploded: false });
  expect([told, told.length]).toEqual([found.points, 3]);
  const published = world.published.filter(({ name }) => name === 'jobs.rate_point');
  expect(published.map(({ payload }) => payload)).toEqual(told);
  expect([await leftBehind(), await world.jobs.list()]).toEqual([[], []]);
});

it('ends when it is stopped, and leaves nothing behind', async () => {
  const { ending } = await begun();
  world.jobs.rateTest.stop();
  expect(await ending).toMatchObject(STOPPED);
  expect(await leftBehind()).toEqual([]);
});

it('ends when another one begins', async () => {
  const { ending } = await begun();
  expect(await test('plain')).toMatchObject({ suggestion: 0.0002 });
  expect(await ending).toMatchObject(STOPPED);
});

it('ends when another process puts a run into the queue, and begins again beside one that waits', async () => {
  const other = await openWorld({ dir: world.dir });
  const waiting = await other.create('plain');
  const first = await begun();
  await other.create('plain');
  expect(await first.ending).toMatchObject(GAVE_WAY);
  await other.jobs.cancel({ id: waiting.id, save: false, reason: null });
  expect(await test('plain')).toMatchObject({ suggestion: 0.0002 });
  expect(await leftBehind()).toEqual([]);
  await other.close();
});

it('ends when the queue of another process begins a run that had waited', async () => {
  const other = await openWorld({ dir: world.dir });
  const { id } = await other.create('hold');
  const { ending } = await begun();
  await other.runner.start();
  expect(await ending).toMatchObject(GAVE_WAY);
  await other.jobs.cancel({ id, save: false, reason: null });
  await other.close();
});

it('ends when a run is put into the queue, and does not begin beside one at work', async () => {
  const { ending } = await begun();
  const { id } = await world.create('hold');
  expect(await ending).toMatchObject(GAVE_WAY);
  await world.runner.start();
  await world.until(id, 'running');
  await expect(test('plain')).rejects.toMatchObject({
    code: 'trial_beside_run',
    hint: 'Wait until it has ended, or pause it.',
  });
});
