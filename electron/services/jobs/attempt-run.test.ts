import SQLite from 'better-sqlite3';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { TrainerCommand } from '../../../src/lib/types/trainer-events';
import type { RunningTrainer, TrainerExit } from '../trainer/trainer-process';
import { openWorld, removeWorld, type World } from './testing';

let world: World | null = null;

afterEach(async () => {
  await world?.close();
  if (world) await removeWorld(world.dir);
});

const signal = () => {
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { give: () => give(), given };
};

const gate = () => {
  const [reached, open] = [signal(), signal()];
  return { reached: reached.given, open: open.given, reach: reached.give, pass: open.give };
};

/** A database that takes everything but the number of a process. */
const refusePids = (dir: string): void => {
  const database = new SQLite(join(dir, 'pipeline.db'));
  database.exec(
    `CREATE TRIGGER no_pid BEFORE UPDATE OF pid ON job_attempts BEGIN SELECT RAISE(ABORT, 'no room'); END`,
  );
  database.close();
};

/** A queue whose trainers wait for the test, before they start and before they are known by their number. */
const gated = async () => {
  const [start, name] = [gate(), gate()];
  const [sent, exits]: [TrainerCommand[], TrainerExit[]] = [[], []];
  const watched = (trainer: RunningTrainer): RunningTrainer => ({
    identity: name.open.then(() => trainer.identity),
    exited: trainer.exited,
    send: (command) => {
      sent.push(command);
      return trainer.send(command);
    },
    letGo: () => trainer.letGo(),
    kill: () => trainer.kill(),
  });
  const opened = await openWorld({
    around: (launch) => async (order, device) => {
      start.reach();
      await start.open;
      const trainer = watched(await launch(order, device));
      name.reach();
      void trainer.exited.then((exit) => exits.push(exit));
      return trainer;
    },
  });
  world = opened;
  await opened.runner.start();
  return { world: opened, start, name, sent, exits };
};

const STOP = { save: true, reason: null };

it.each(['start', 'name'] as const)(
  'a cancel that comes before the %s is sent once, as it was meant',
  async (moment) => {
    const { world, sent, ...gates } = await gated();
    const job = await world.create('hold');
    if (moment === 'name') gates.start.pass();
    await gates[moment].reached;
    await world.jobs.cancel({ id: job.id, ...STOP });
    gates.start.pass();
    gates.name.pass();
    await world.until(job.id, 'cancelled');
    expect(sent).toEqual([{ command: 'stop', save: true }]);
    expect((await world.models.list()).length).toBe(1);
  },
);

/** A run whose trainer has ended and whose adapter is checked until the test says that it is done. */
const checking = async () => {
  const opened = await openWorld();
  world = opened;
  await opened.runner.start();
  const { id } = await opened.create('slow');
  const end = async () => (await opened.jobs.attempts(id))[0]?.end_reason;
  await expect.poll(end, { timeout: 20_000 }).toBe('completed');
  return { world: opened, id, pass: () => writeFile(join(opened.dir, 'tiny-checked'), '') };
};

it('what is wanted while the adapter is checked is refused, and leaves no word in the run', async () => {
  const { id, pass, ...opened } = await checking();
  const { jobs } = opened.world;
  for (const asked of [
    jobs.cancel({ id, save: false, reason: 'too late' }),
    jobs.pause(id),
    jobs.sampleNow(id, 'Still there?'),
  ])
    await expect(asked).rejects.toMatchObject({
      code: 'job_state',
      hint: expect.stringContaining('moment') as string,
    });
  await pass();
  expect(await opened.world.until(id, 'completed')).toMatchObject({ cancel_reason: null });
});

it('a quit does not wait for the check of an adapter, which the next start does again', async () => {
  const { id, pass, ...opened } = await checking();
  const { dir, jobs, runner } = opened.world;
  await runner.stop();
  expect((await jobs.get(id)).status).toBe('running');
  await pass();
  const next = await openWorld({ dir });
  await next.runner.start();
  expect(await next.until(id, 'completed')).toMatchObject({ error_code: null });
  expect(await jobs.attempts(id)).toMatchObject([{ exit_code: 0, end_reason: 'completed' }]);
  expect((await next.models.list()).length).toBe(1);
  await next.close();
});

it('a quit that comes before the launch lets the trainer go as soon as there is one', async () => {
  const { world, start, name } = await gated();
  const job = await world.create('hold');
  await start.reached;
  const stopped = world.runner.stop();
  start.pass();
  name.pass();
  await stopped;
  expect(await world.jobs.get(job.id)).toMatchObject({ status: 'interrupted' });
  expect(await world.jobs.attempts(job.id)).toMatchObject([{ exit_code: 75, signal: null }]);
});

it('a trainer that cannot be recorded is ended before its job fails', async () => {
  const { world, start, name, exits } = await gated();
  const job = await world.create('hold');
  refusePids(world.dir);
  start.pass();
  name.pass();
  await world.until(job.id, 'failed');
  expect(exits).toEqual([{ code: null, signal: 'SIGTERM' }]);
});
