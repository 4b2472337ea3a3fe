import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { BaseModelService } from '../base-models/base-model-service';
import { openWorld, removeWorld, type World } from '../jobs/testing';
import { makeTinyGpt2, RUNTIME_PYTHON, TRAINER_DIR } from './tiny-gpt2';

const SLOW = 240_000;
const AdapterConfig = z.object({ fan_in_fan_out: z.boolean() });

let folder: string;
let world: World;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pipeline export '));
  world = await openWorld({ python: RUNTIME_PYTHON, trainerDir: TRAINER_DIR });
});

afterEach(async () => {
  await world.close();
  await removeWorld(world.dir);
  await rm(folder, { recursive: true, force: true });
});

/** A finished run of two steps on the model in `folder`. */
const trained = async () => {
  const { repositories, state, dataset_id, runner, jobs } = world;
  const publisher = { publish: () => undefined };
  const baseModels = new BaseModelService({
    store: repositories.baseModels,
    publisher,
    bundledDir: join(folder, 'none'),
    now: () => new Date().toISOString(),
  });
  const model = await baseModels.add({ path: join(folder, 'model') });
  state.fingerprint = model.fingerprint;
  const changes = { max_steps: 2, max_length: 128 };
  const request = { dataset_id, base_model_id: model.id, preset_id: 'balanced', changes } as const;
  const { id } = await jobs.create({ ...request, name: 'real' });
  await runner.start();
  await runner.idle();
  return { model, job: await jobs.get(id) };
};

const exported = async (artifactId: string | null): Promise<string> => {
  const to = join(folder, 'export');
  await world.models.export({ id: artifactId ?? '', format: 'adapter', to });
  return to;
};

it(
  'the card of a real GPT-2 names data, settings, the losses before and after, and the template that was used',
  { timeout: SLOW },
  async () => {
    await makeTinyGpt2(join(folder, 'model'));
    const { model, job } = await trained();
    expect([job.status, model.has_chat_template]).toEqual(['completed', false]);
    const to = await exported(job.artifact_id);
    const card = await readFile(join(to, 'README.md'), 'utf8');
    const artifact = await world.models.get(job.artifact_id ?? '');
    const { base_validation_loss: before, final_validation_loss: after } = artifact.quality_metrics;
    const [dataset] = await world.jobs.datasets(job.id);
    expect(card).toContain(`Dataset “Sample” (SHA-256 ${dataset?.sha256}), 18 records trained.`);
    expect(card).toContain(`| learning_rate | ${job.hyperparameters.learning_rate} |`);
    expect(card).toContain(`| Loss | ${before?.toFixed(4)} | ${after?.toFixed(4)} |`);
    expect(card).toContain("Pipeline's plain one was used in training and is in this folder");
    expect(after).toBeLessThan(before ?? 0);
    const adapter = AdapterConfig.parse(JSON.parse(await readFile(join(to, 'adapter_config.json'), 'utf8')));
    expect(adapter).toEqual({ fan_in_fan_out: true });
  },
);
