import { afterEach, beforeEach, expect, it } from 'vitest';
import { openWorld, removeWorld, type World } from './testing';

let world: World;
let dirs: string[] = [];

const open = async (options: Parameters<typeof openWorld>[0] = {}): Promise<World> => {
  world = await openWorld(options);
  dirs.push(world.dir);
  return world;
};

beforeEach(() => {
  dirs = [];
});

afterEach(async () => {
  await world.close();
  for (const dir of dirs) await removeWorld(dir);
});

it('a run that does not fit into memory is not made, with the figures, unless it is wanted anyway', async () => {
  await open({ free_bytes: 1e6 });
  await expect(world.create('big')).rejects.toMatchObject({
    code: 'does_not_fit',
    message: expect.stringMatching(/needs ≈ .* of memory, and .* are free/u) as unknown,
  });
  expect(await world.jobs.list()).toEqual([]);
  expect(await world.create('big', { force: true })).toMatchObject({ status: 'queued' });
});

it('a run that would stop at records that do not fit is not made, however much it is wanted', async () => {
  await open({ refused_records: 2 });
  for (const force of [false, true])
    await expect(world.create('stopping', { force })).rejects.toMatchObject({
      code: 'records_refused',
      message: 'The run would stop at 2 records that it cannot train.',
      hint: expect.stringContaining('Raise the max length, or exclude them') as unknown,
    });
  expect(await world.jobs.list()).toEqual([]);
});

it('a run that would fill the disk is not made, and neither is one like it', async () => {
  await open();
  const before = await world.create('plain');
  await world.jobs.cancel({ id: before.id, save: false, reason: null });
  world.state.disk_free_bytes = 10;
  const refusal = {
    code: 'does_not_fit',
    message: expect.stringContaining('of the disk are free') as unknown,
  };
  await expect(world.create('late')).rejects.toMatchObject(refusal);
  await expect(world.jobs.retry(before.id)).rejects.toMatchObject(refusal);
  expect(await world.jobs.list()).toHaveLength(1);
  expect(await world.jobs.retry(before.id, { force: true })).toMatchObject({ retry_of: before.id });
});

it('a disk that filled while a run waited fails it with the reason, and keeps it from being resumed', async () => {
  await open();
  const waiting = await world.create('plain');
  world.state.disk_free_bytes = 10;
  await world.runner.start();
  const failed = await world.until(waiting.id, 'failed');
  expect(failed.error_code).toBe('disk_full');
  expect(failed.error_message).toMatch(/take ≈ .*, and 10 B of the disk are free/u);
  expect(await world.jobs.attempts(waiting.id)).toMatchObject([{ end_reason: 'failed', pid: null }]);
  await expect(world.jobs.resume(waiting.id)).rejects.toMatchObject({ code: 'resume_refused' });
  expect((await world.jobs.get(waiting.id)).status).toBe('failed');
});
