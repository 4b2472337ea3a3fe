import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ArtifactExport } from '../../../src/lib/types/model-artifact';
import { openWorld, removeWorld, type World } from '../jobs/testing';
import { modelCard } from './model-card';

let world: World;

beforeEach(async () => {
  world = await openWorld();
  await world.runner.start();
});

afterEach(async () => {
  await world.close();
  await removeWorld(world.dir);
});

it('the card that goes with an export says whether the template is the base model’s own', async () => {
  const { artifact_id } = await world.until((await world.create('plain')).id, 'completed');
  const artifact = await world.models.get(artifact_id ?? '');
  const { baseModels } = world.repositories;
  const [model] = await baseModels.list();
  if (!model) throw new Error('no base model');
  for (const has_chat_template of [true, false]) {
    await baseModels.upsert({ ...model, has_chat_template });
    const to = `${world.dir} out ${has_chat_template}`;
    const { files } = await world.models.export({ id: artifact.id, format: 'adapter', to });
    const card = modelCard(artifact, { format: 'adapter', has_chat_template });
    expect(files.map(({ sha256 }) => sha256)).toEqual([createHash('sha256').update(card).digest('hex')]);
  }
});

it('an export is first written, then checked, and its row says which', async () => {
  const { artifact_id } = await world.until((await world.create('plain')).id, 'completed');
  await world.models.export({ id: artifact_id ?? '', format: 'adapter', to: `${world.dir} out` });
  const told = world.published.filter(({ name }) => name === 'models.export_changed');
  expect(told.map(({ payload }) => ArtifactExport.parse(payload).status)).toEqual([
    'pending',
    'running',
    'completed',
  ]);
});
