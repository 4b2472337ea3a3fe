import SQLite from 'better-sqlite3';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openWorld, removeWorld, type World } from './testing';

let opened: World | null = null;

afterEach(async () => {
  await opened?.close();
  if (opened) await removeWorld(opened.dir);
});

const open = async (options: Parameters<typeof openWorld>[0]): Promise<World> => {
  opened = await openWorld(options);
  return opened;
};

it('a process told to start nothing more while it starts one starts nothing after that', async () => {
  const told = await open({
    devices: () => {
      told.runner.startNoMore();
      return Promise.resolve(['cpu']);
    },
  });
  const [first, second] = [await told.create('plain'), await told.create('plain')];
  await told.runner.start();
  await told.until(first.id, 'completed');
  await told.runner.idle();
  expect((await told.jobs.get(second.id)).status).toBe('queued');
});

it('one run is at work in all, however many cards there are', async () => {
  const world = await open({ devices: () => Promise.resolve(['card-1', 'card-2', 'cpu']) });
  await world.runner.start();
  const [first, second] = [await world.create('hold'), await world.create('plain')];
  await world.until(first.id, 'running');
  const database = new SQLite(join(world.dir, 'pipeline.db'));
  database
    .prepare(`UPDATE training_jobs SET gpu_config = json_set(gpu_config, '$.num_gpus', 1) WHERE id = ?`)
    .run(second.id);
  database.close();
  await world.runner.wake();
  expect((await world.jobs.get(second.id)).status).toBe('queued');
  await world.jobs.cancel({ id: first.id, save: false, reason: null });
  await world.until(second.id, 'completed');
});

it('the driver is not asked while a run is at work', async () => {
  let asked = 0;
  const asking = await open({
    devices: () => {
      asked += 1;
      return Promise.resolve(['cpu']);
    },
  });
  await asking.runner.start();
  const first = await asking.create('hold');
  await asking.until(first.id, 'running');
  await asking.create('plain');
  const before = asked;
  for (let round = 0; round < 5; round += 1) await asking.runner.wake();
  expect(asked).toBe(before);
});

const leasesOf = ({ dir }: World): unknown[] => {
  const database = new SQLite(join(dir, 'pipeline.db'), { readonly: true });
  const leases = database
    .prepare('SELECT job_id, device_uuid, released_at IS NULL AS held FROM job_devices')
    .all();
  database.close();
  return leases;
};

it('a run holds its device from its start to its end', async () => {
  const world = await open({});
  await world.runner.start();
  const { id } = await world.create('hold');
  await world.until(id, 'running');
  expect(leasesOf(world)).toEqual([{ job_id: id, device_uuid: 'cpu', held: 1 }]);
  await world.jobs.cancel({ id, save: false, reason: null });
  await world.runner.idle();
  expect(leasesOf(world)).toEqual([{ job_id: id, device_uuid: 'cpu', held: 0 }]);
});

it('the device of a run whose process died is free again, and not before the run is settled', async () => {
  const world = await open({});
  const { id } = await world.create('plain');
  await world.repositories.devices.begin(id, 'cpu', { attempt: 1 });
  const unknown = { pid: null, process_started_at: null, boot_id: null };
  await world.repositories.attempts.create({ job_id: id, number: 1, ...unknown });
  const next = await world.create('plain');
  expect(await world.repositories.devices.begin(next.id, 'cpu', { attempt: 1 })).toBe('leased');
  expect(await world.repositories.devices.begin(id, 'another', { attempt: 1 })).toBe('not_queued');
  await world.runner.settle();
  expect(leasesOf(world)).toEqual([{ job_id: id, device_uuid: 'cpu', held: 0 }]);
  expect((await world.jobs.get(id)).status).toBe('interrupted');
});
