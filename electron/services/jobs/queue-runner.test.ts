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

it('the driver is not asked while every device is at work', async () => {
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
