import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { JobFile } from '../../../src/lib/types/run-folder';
import { runDirOf } from './paths';
import { openWorld } from './testing';

/** The memory plan of a new job where so much memory is free. */
const planOf = async (free_bytes: number, force = false) => {
  const world = await openWorld({ free_bytes });
  onTestFinished(() => world.close());
  const { id } = await world.create('Run', { force });
  const text = await readFile(join(runDirOf(world.paths, id), 'job.json'), 'utf8');
  return JobFile.parse(JSON.parse(text)).memory;
};

it('a job of a model that fits says nothing of memory', async () => {
  expect(await planOf(16e9)).toBeUndefined();
});

it('a job that is forced although it does not fit begins with the leanest passes', async () => {
  expect(await planOf(1e6, true)).toEqual({ micro_batch: 1, recompute_mlps: 0, recompute_layers: 1 });
});
