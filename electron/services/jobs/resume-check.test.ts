import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import { openWorld, removeWorld, type World } from './testing';

let world: World;

beforeEach(async () => {
  world = await openWorld();
  await world.runner.start();
});

afterEach(async () => {
  await world.close();
  await removeWorld(world.dir);
});

const stopped = async (name: string): Promise<TrainingJob> => {
  const { id } = await world.create(name);
  return world.until(id, 'failed', 'interrupted');
};

/** All that an attempt would change. */
const standing = async ({ id }: TrainingJob) => ({
  job: await world.jobs.get(id),
  attempts: await world.jobs.attempts(id),
  events: await readFile(join(world.jobs.runDir(id), 'events.jsonl'), 'utf8'),
});

const refusedAs = async (job: TrainingJob, refusal: Readonly<Record<string, unknown>>): Promise<void> => {
  const before = await standing(job);
  await expect(world.jobs.resume(job.id)).rejects.toMatchObject(refusal);
  expect(await standing(job)).toEqual(before);
};

describe('a refused resume leaves the job as it was', () => {
  it('with another dataset', async () => {
    const job = await stopped('crash');
    await writeFile(world.datasetFile, '{}\n');
    await refusedAs(job, { code: 'resume_refused' });
    await expect(world.create('plain')).rejects.toMatchObject({ code: 'dataset_changed' });
  });

  it.each(['crash other-settings', 'sigkill other-settings'])(
    'with what only the trainer sees of %s, in its words',
    async (name) => {
      const refusal = { code: 'resume_refused', message: 'Settings changed.', hint: 'Put them back.' };
      await refusedAs(await stopped(name), refusal);
    },
  );

  it('without a whole checkpoint', async () => {
    const job = await stopped('crash');
    const weights = join(world.jobs.runDir(job.id), 'checkpoints/step-000002/adapter_model.safetensors');
    await writeFile(weights, 'damaged');
    await refusedAs(job, { code: 'resume_refused' });
  });

  it('where the trainer cannot be asked', async () => {
    const job = await stopped('crash');
    await rm(join(world.dir, 'python'));
    await refusedAs(job, { code: 'runtime_missing' });
  });
});

const damage = (job: TrainingJob, step: number) => {
  const folder = join(world.jobs.runDir(job.id), `checkpoints/step-00000${String(step)}`);
  return writeFile(join(folder, 'adapter_model.safetensors'), 'damaged');
};

it('a run whose newest checkpoint is damaged says which steps are trained again, and waits', async () => {
  const job = await stopped('sigkill');
  await damage(job, 2);
  const message: unknown = expect.stringMatching(
    /step-000002 cannot be used: it has changed\..* begin at step 0.* steps 1 to 3 are trained again/u,
  );
  await refusedAs(job, { code: 'resume_repeats', message });
  await world.jobs.resume(job.id, { inexact: true });
  expect(await world.until(job.id, 'completed')).toMatchObject({ attempt: 2 });
});

it('a run that the trainer failed to judge waits for that to be confirmed', async () => {
  const job = await stopped('sigkill speechless');
  const message: unknown = expect.stringMatching(/could not be checked.*MemoryError/u);
  await refusedAs(job, { code: 'resume_unchecked', message });
  await world.jobs.resume(job.id, { inexact: true });
  expect(await world.until(job.id, 'completed')).toMatchObject({ attempt: 2 });
});

it('a check that is given up leaves the run as it was', async () => {
  const job = await stopped('sigkill held-check');
  const before = await standing(job);
  const resumed = world.jobs.resume(job.id);
  await expect.poll(() => existsSync(join(world.jobs.runDir(job.id), 'asked'))).toBe(true);
  await world.jobs.stop();
  await expect(resumed).rejects.toMatchObject({ name: 'AbortError' });
  expect(await standing(job)).toEqual(before);
});

it('a run that would go on, but not bit for bit, waits for that to be confirmed', async () => {
  const job = await stopped('sigkill elsewhere');
  const changes: unknown = expect.stringContaining('torch 2.9.0 → 2.10.0, threads 1 → 2');
  await refusedAs(job, { code: 'resume_not_exact', message: changes });
  await world.jobs.resume(job.id, { inexact: true });
  expect(await world.until(job.id, 'completed')).toMatchObject({ attempt: 2 });
});

it('an interrupted run whose checkpoints are gone begins once that is confirmed, wherever it is', async () => {
  const job = await stopped('sigkill elsewhere');
  await rm(join(world.jobs.runDir(job.id), 'checkpoints'), { recursive: true });
  const message: unknown = expect.stringContaining('Checkpoint step-000002 is gone.');
  await refusedAs(job, { code: 'resume_repeats', message });
  await world.jobs.resume(job.id, { inexact: true });
  expect(await world.until(job.id, 'completed')).toMatchObject({ attempt: 2 });
});
