import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openWorld, removeWorld, type World } from './testing';

let world: World;

beforeEach(async () => {
  world = await openWorld({});
  await world.runner.start();
});

afterEach(async () => {
  await world.close();
  await removeWorld(world.dir);
});

it('is not known before a run was completed', async () => {
  expect(await world.jobs.lastSize()).toBeNull();
});

it('is what the last completed run holds on the disk: its folder, and its model', async () => {
  const { id } = await world.create('plain');
  await world.until(id, 'completed');
  const before = (await world.jobs.lastSize()) ?? 0;
  const [model] = await world.models.list();
  const stored = model?.artifacts.reduce((sum, { size_bytes }) => sum + size_bytes, 0) ?? 0;
  const events = (await stat(join(world.jobs.runDir(id), 'events.jsonl'))).size;
  expect(stored).toBeGreaterThan(0);
  expect(before).toBeGreaterThanOrEqual(stored + events);
  await writeFile(join(world.jobs.runDir(id), 'checkpoints', 'more'), Buffer.alloc(5000));
  expect(await world.jobs.lastSize()).toBe(before + 5000);
});
