import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { RunInputs } from '../trainer/run-inputs';
import { readJobFile } from './run-folder';
import { openWorld, removeWorld, type World } from './testing';

let world: World;
let launched: (RunInputs | null)[];

const open = (dir?: string): Promise<World> =>
  openWorld({
    ...(dir !== undefined && { dir }),
    around: (launch) => (order, device) => {
      launched.push(order.inputs);
      return launch(order, device);
    },
  });

beforeEach(async () => {
  launched = [];
  world = await open();
  await world.runner.start();
});

afterEach(async () => {
  await world.close();
  await removeWorld(world.dir);
});

const killed = async (): Promise<TrainingJob> => {
  const { id } = await world.create('sigkill');
  return world.until(id, 'interrupted');
};

const move = async (): Promise<void> => {
  await world.close();
  const dir = `${world.dir}-moved`;
  await rename(world.dir, dir);
  world = await open(dir);
  await world.runner.start();
};

const goesOn = async ({ id }: TrainingJob): Promise<void> => {
  await world.jobs.resume(id);
  await world.until(id, 'completed');
};

it('a run goes on after its data folder was moved', async () => {
  const job = await killed();
  await move();
  await goesOn(job);
  expect(launched.at(-1)?.dataset).toBe(world.datasetFile);
  expect(world.datasetFile.startsWith(`${world.dir}/`)).toBe(true);
});

it('and from the mixture in its own folder', async () => {
  const job = await killed();
  const runDir = world.jobs.runDir(job.id);
  await rename(world.datasetFile, join(runDir, 'dataset.jsonl'));
  await goesOn(job);
  expect(launched.at(-1)?.dataset).toBe(join(runDir, 'dataset.jsonl'));
});

it('on the same base model where that is now', async () => {
  const job = await killed();
  const path = join(world.dir, 'elsewhere');
  await mkdir(path);
  const known = await world.repositories.baseModels.get(world.base_model_id);
  if (!known) throw new Error('not there');
  await world.repositories.baseModels.upsert({ ...known, path });
  await goesOn(job);
  expect(launched.at(-1)?.base_model).toBe(path);
});

it('a dataset that is nowhere is not found, and not called another one', async () => {
  const job = await killed();
  await rm(world.datasetFile);
  await expect(world.jobs.resume(job.id)).rejects.toMatchObject({
    code: 'resume_refused',
    message: `The dataset “Sample” is not found at ${world.datasetFile}.`,
  });
});

it('a file in the place of the hint has to be the dataset, whatever else there is', async () => {
  const job = await killed();
  const text = await readFile(world.datasetFile, 'utf8');
  await writeFile(join(world.jobs.runDir(job.id), 'dataset.jsonl'), text);
  await writeFile((await readJobFile(world.jobs.runDir(job.id))).dataset.path, '{}\n');
  await expect(world.jobs.resume(job.id)).rejects.toMatchObject({
    message: expect.stringContaining('no longer what') as unknown,
  });
});
