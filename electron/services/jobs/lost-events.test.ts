import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
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

const fileOf = ({ id }: TrainingJob): string => join(world.jobs.runDir(id), 'events.jsonl');

const cut = async (job: TrainingJob): Promise<void> => {
  const [first] = (await readFile(fileOf(job), 'utf8')).split('\n');
  await writeFile(fileOf(job), `${first ?? ''}\n`);
};

const killed = async (): Promise<TrainingJob> => {
  const { id } = await world.create('sigkill');
  return world.until(id, 'interrupted');
};

/** Every step is of the attempt that came after the loss. */
const allOfTheSecond = async ({ id, last_seq }: TrainingJob): Promise<void> => {
  const points = await world.jobs.metrics(id);
  expect(points.map(({ step, attempt }) => [step, attempt])).toEqual(
    [1, 2, 3, 4, 5, 6].map((step) => [step, 2]),
  );
  expect((await world.jobs.get(id)).last_seq).toBeGreaterThan(last_seq);
};

it.each([
  ['lost', (job: TrainingJob) => rm(fileOf(job))],
  ['cut', cut],
])('what an attempt says after the events before it were %s is taken', async (_what, lose) => {
  const job = await killed();
  await lose(job);
  await world.jobs.resume(job.id);
  await world.until(job.id, 'completed');
  await allOfTheSecond(job);
});

it('and is taken from its file, where the app was gone meanwhile', async () => {
  const job = await killed();
  await world.runner.stop();
  await rm(fileOf(job));
  const { jobs, attempts } = world.repositories;
  await jobs.requeue(job.id, ['interrupted']);
  await jobs.transition(job.id, { from: ['queued'], to: 'initializing' }, { attempt: 2 });
  await attempts.create({
    job_id: job.id,
    number: 2,
    pid: null,
    process_started_at: null,
    boot_id: null,
  });
  const run = ['-m', 'pipeline_trainer', 'run', world.jobs.runDir(job.id)];
  const numbers = ['--attempt', '2', '--after-seq', String(job.last_seq)];
  await once(
    spawn(join(world.dir, 'python'), [...run, ...numbers], { stdio: ['pipe', 'ignore', 'ignore'] }),
    'exit',
  );
  const next = await openWorld({ dir: world.dir });
  await next.runner.start();
  await next.until(job.id, 'completed');
  await next.close();
  await allOfTheSecond(job);
});
