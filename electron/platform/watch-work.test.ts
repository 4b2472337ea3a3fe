import { afterEach, expect, it, vi } from 'vitest';
import { openWorld, removeWorld, type World } from '../services/jobs/testing';
import { watchWork } from './watch-work';
import { liveWithoutWindow, staysWithout } from './without-window';

let world: World;

afterEach(async () => {
  await world.close();
  await removeWorld(world.dir);
});

const SLOW = 30_000;

it(
  'a queue that runs empty in the tray lets the machine sleep, then ends the app',
  { timeout: SLOW },
  async () => {
    const [passedOn, onWork, quit] = [vi.fn(), vi.fn(), vi.fn()];
    const showTray = vi.fn(() => () => undefined);
    const failures: unknown[] = [];
    const life = liveWithoutWindow({
      staysOpen: async () => staysWithout(true, await world.jobs.list()),
      showTray,
      quit,
      onFailure: (thrown) => failures.push(thrown),
    });
    world = await openWorld({ listener: watchWork({ publish: passedOn }, { onWork, onLess: life.onLess }) });
    await world.create('plain');
    await world.create('plain');
    life.onClosed();
    await vi.waitFor(() => expect(showTray).toHaveBeenCalledOnce());
    await world.runner.start();
    await vi.waitFor(() => expect(quit).toHaveBeenCalledOnce(), { timeout: SLOW });
    expect((await world.jobs.list()).map(({ status }) => status)).toEqual(['completed', 'completed']);
    expect(showTray).toHaveBeenCalledOnce();
    expect(onWork.mock.calls).toContainEqual([true]);
    expect(onWork).toHaveBeenLastCalledWith(false);
    expect(passedOn).toHaveBeenCalledTimes(world.published.length);
    expect(failures).toEqual([]);
  },
);

it('a job that is taken out of the queue leaves less to do', async () => {
  const onLess = vi.fn();
  const listener = watchWork({ publish: vi.fn() }, { onWork: vi.fn(), onLess });
  world = await openWorld({ listener });
  const { id } = await world.create('plain');
  expect(onLess).not.toHaveBeenCalled();
  await world.jobs.cancel({ id, save: false, reason: null });
  expect(onLess).toHaveBeenCalledOnce();
});
