import { type ChildProcess, spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { World } from '../../services/jobs/testing';
import { CliBench } from '../testing';

const RUN = ['--dataset', 'Sample', '--base-model', 'tiny'];

let bench: CliBench;
/** Another process, and what it sees. */
let second: CliBench;
let world: World;
let sleeper: ChildProcess;
beforeEach(async () => {
  bench = await CliBench.create();
  sleeper = spawn('sleep', ['60']);
  second = bench.beside(sleeper.pid);
  world = await second.world();
});
afterEach(async () => {
  await world.close();
  sleeper.kill();
  await bench.remove();
});

const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true }).catch(() => [])).toSorted();

it('delete takes the run, its model and their files, and says so', async () => {
  await bench.run('train', ...RUN, '--name', 'plain');
  const [job] = await world.jobs.list();
  const id = job?.id ?? '';
  const models = join(bench.dir, 'storage', 'lora-models');
  expect((await filesIn(models)).some((path) => path.includes(id))).toBe(true);
  const { code, out } = await bench.run('jobs', 'delete', id);
  expect([code, out]).toEqual([
    0,
    'The run “plain” is gone for good, with its model “plain” 1.0.0, and its samples, log and checkpoints.\n',
  ]);
  expect((await filesIn(models)).some((path) => path.includes(id))).toBe(false);
  expect(await filesIn(world.jobs.runDir(id))).toEqual([]);
  expect((await bench.run('artifacts', 'list', '--json')).documents()).toEqual([[]]);
  expect((await bench.run('jobs', 'delete', id)).code).toBe(3);
});

it('answers programs with what went, also of a run that made no model', async () => {
  const { id } = await world.create('plain');
  await bench.run('jobs', 'cancel', id);
  const { code, documents } = await bench.run('jobs', 'delete', id, '--json');
  expect([code, documents()]).toEqual([0, [{ id, deleted: true, artifact_ids: [] }]]);
});

it('is refused for a run at work, which goes on', async () => {
  const running = bench.begin('train', ...RUN, '--name', 'hold', '--json');
  await expect.poll(running.out, { timeout: 20_000 }).toContain('"step":3');
  const { code, documents } = await second.run('jobs', 'delete', 'hold', '--json');
  expect([code, documents()]).toMatchObject([4, [{ error: { code: 'job_active' } }]]);
  expect(await world.jobs.list()).toMatchObject([{ status: 'running' }]);
  running.stop('interrupt');
  expect((await running.ended).code).toBe(130);
});
