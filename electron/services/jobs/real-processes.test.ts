import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { BaseModelService } from '../base-models/base-model-service';
import { openWorld, removeWorld, type World } from './testing';

const RESOURCES = join(import.meta.dirname, '..', '..', '..', 'resources');
const PYTHON = join(RESOURCES, 'runtime', 'python', 'bin', 'python');
const TRAINER = join(RESOURCES, 'trainer');
/** The model that the trainer's own tests train. */
const MAKE_MODEL = [
  'import pathlib, sys',
  // Before the trainer hides from transformers what its models are not to load.
  'import transformers.models.llama.modeling_llama',
  'from training_builders import make_model',
  'make_model(pathlib.Path(sys.argv[1]))',
].join('\n');
const PATIENCE = { timeout: 120_000, interval: 100 };

const tinyModel = async (world: World): Promise<string> => {
  const path = join(world.dir, 'tiny');
  const PYTHONPATH = [TRAINER, join(TRAINER, 'tests')].join(':');
  await promisify(execFile)(PYTHON, ['-c', MAKE_MODEL, path], { env: { ...process.env, PYTHONPATH } });
  const models = new BaseModelService({
    store: world.repositories.baseModels,
    publisher: { publish: () => undefined },
    bundledDir: join(world.dir, 'none'),
    now: () => new Date().toISOString(),
  });
  return (await models.add({ path, name: 'two' })).id;
};

const untilStatus = (world: World, id: string, status: string) =>
  expect
    .poll(async () => {
      const job = await world.jobs.get(id);
      return job.status === 'failed' ? job.error_message : job.status;
    }, PATIENCE)
    .toBe(status);

it(
  'two real processes train one run, are paused together, and go on bit for bit',
  { timeout: 300_000 },
  async () => {
    const world = await openWorld({ python: PYTHON, trainerDir: TRAINER });
    try {
      const base_model_id = await tinyModel(world);
      const { id } = await world.jobs.create({
        name: 'two',
        dataset_id: world.dataset_id,
        base_model_id,
        preset_id: 'balanced',
        changes: { processes: 2, batch_size: 2, num_epochs: 8, max_length: 64, save_steps: 5 },
      });
      await world.runner.start();
      await expect.poll(async () => (await world.jobs.checkpoints(id)).length, PATIENCE).toBeGreaterThan(0);
      await world.jobs.pause(id);
      await untilStatus(world, id, 'paused');
      // Refused where it would not go on as it was: with one process, or another number than it has had.
      await world.jobs.resume(id);
      await untilStatus(world, id, 'completed');
      const log = await readFile(join(world.jobs.runDir(id), 'events.jsonl'), 'utf8');
      expect(log).not.toContain('not_bit_exact');
      expect(log.match(/"event":\s*"hello"/g)).toHaveLength(2);
      expect(await world.jobs.attempts(id)).toMatchObject([{ devices: ['cpu'] }, { devices: ['cpu'] }]);
      expect((await world.models.list()).length).toBe(1);
      expect(world.failures).toEqual([]);
    } finally {
      await world.close();
      await removeWorld(world.dir);
    }
  },
);
