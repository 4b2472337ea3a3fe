import SQLite from 'better-sqlite3';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/lib/messages/app-error';
import { EventIngest } from '../metrics/event-ingest';
import { ArtifactMaker } from '../models/artifact-maker';
import { Conclusion } from './conclusion';
import { openWorld, removeWorld, type World } from './testing';

const CANCEL = { save: false, reason: 'enough' };
const TABLES = ['training_jobs', 'job_attempts', 'job_devices'];
const UNKNOWN = { pid: null, process_started_at: null, boot_id: null };

let world: World;

beforeEach(async () => {
  world = await openWorld();
});

afterEach(async () => {
  await world.close();
  await removeWorld(world.dir);
});

const changeDatabase = (statements: readonly string[]): void => {
  const database = new SQLite(join(world.dir, 'pipeline.db'));
  database.exec(statements.join('\n'));
  database.close();
};

/** A database in which no run can be changed, as on a full disk. */
const fill = (onlyJobId?: string): void => {
  const column = (table: string) => (table === 'training_jobs' ? 'id' : 'job_id');
  const only = (table: string) =>
    onlyJobId === undefined ? '' : `WHEN OLD.${column(table)} = '${onlyJobId}'`;
  changeDatabase(
    TABLES.map(
      (table) =>
        `CREATE TRIGGER full_${table} BEFORE UPDATE ON ${table} ${only(table)} BEGIN SELECT RAISE(ABORT, 'no room'); END;`,
    ),
  );
};

const free = (): void => changeDatabase(TABLES.map((table) => `DROP TRIGGER full_${table};`));

const atWork = async (name: string) => {
  const job = await world.create(name);
  await world.repositories.jobs.transition(job.id, { from: ['queued'], to: 'initializing' }, { attempt: 1 });
  await world.repositories.attempts.create({ job_id: job.id, number: 1, ...UNKNOWN });
  return job;
};

describe('an end that cannot be written', () => {
  it('is written when there is room again, and the queue goes on', async () => {
    await world.runner.start();
    const { id } = await world.create('hold');
    await world.until(id, 'running');
    const next = await world.create('plain');
    fill();
    await world.jobs.cancel({ id, ...CANCEL });
    await expect.poll(() => world.failures.length).toBeGreaterThan(0);
    await expect
      .poll(() => world.jobs.pause(id).catch((error: unknown) => error))
      .toMatchObject({
        code: 'job_state',
        message: 'The run has ended, but its end could not be written.',
      });
    await expect(world.jobs.cancel({ id, ...CANCEL })).rejects.toMatchObject({ code: 'job_state' });
    expect((await world.jobs.get(id)).status).toBe('running');
    expect((await world.jobs.get(next.id)).status).toBe('queued');
    free();
    expect(await world.until(id, 'cancelled')).toMatchObject({ cancel_reason: 'enough' });
    await world.until(next.id, 'completed');
  });

  it('of a run whose process died is written later, and the others are not kept waiting', async () => {
    const [first, second] = [await atWork('plain'), await atWork('plain')];
    fill(first.id);
    await world.runner.start();
    expect((await world.jobs.get(first.id)).status).toBe('initializing');
    expect((await world.jobs.get(second.id)).status).toBe('interrupted');
    free();
    await world.until(first.id, 'interrupted');
  });

  it('is told to a process that only settles', async () => {
    const job = await atWork('plain');
    fill();
    await expect(world.runner.settle()).rejects.toThrow('no room');
    free();
    expect(await world.runner.settle()).toBe(true);
    expect((await world.jobs.get(job.id)).status).toBe('interrupted');
  });
});

it('a process that could not look at what a dead one left looks again before it works', async () => {
  const job = await atWork('plain');
  changeDatabase(['ALTER TABLE training_jobs RENAME TO elsewhere;']);
  await expect(world.runner.start()).rejects.toThrow();
  changeDatabase(['ALTER TABLE elsewhere RENAME TO training_jobs;']);
  expect(world.runner.owns).toBe(false);
  expect(await world.runner.start()).toBe(true);
  expect((await world.jobs.get(job.id)).status).toBe('interrupted');
});

it('a device of a run that nobody works on is taken back', async () => {
  await world.runner.start();
  const lost = await world.create('hold');
  await world.until(lost.id, 'running');
  await world.jobs.pause(lost.id);
  await world.until(lost.id, 'paused');
  changeDatabase([
    'BEGIN;',
    ...['queued', 'initializing'].map(
      (status) => `UPDATE training_jobs SET status = '${status}' WHERE id = '${lost.id}';`,
    ),
    `INSERT INTO job_devices (job_id, device_uuid) VALUES ('${lost.id}', 'cpu');`,
    'COMMIT;',
  ]);
  const next = await world.create('plain');
  await world.until(next.id, 'completed');
  expect((await world.jobs.get(lost.id)).status).toBe('paused');
});

it('a process that works for one run starts none after it, also where that one was cancelled', async () => {
  const [own, after] = [await world.create('plain'), await world.create('plain')];
  world.runner.startNoMore(own.id);
  await world.jobs.cancel({ id: own.id, ...CANCEL });
  await world.runner.start();
  await world.runner.idle();
  expect((await world.jobs.get(after.id)).status).toBe('queued');
});

it('a full disk is no failure of the run', async () => {
  const job = await atWork('plain');
  const full = new AppError({ code: 'disk_full', message: 'full', hint: 'free' });
  const common = { paths: world.paths, publisher: { publish: () => undefined }, now: () => job.created_at };
  let refusals = 1;
  const conclusion = new Conclusion({
    ...common,
    maker: new ArtifactMaker({ ...common, ...world, verify: () => Promise.resolve({ ok: true }) }),
    repositories: {
      records: world.repositories.records,
      attempts: world.repositories.attempts,
      jobs: new Proxy(world.repositories.jobs, {
        get: (jobs, name) => {
          if (name !== 'transition' || refusals === 0) return Reflect.get(jobs, name) as unknown;
          refusals -= 1;
          return () => Promise.reject(full);
        },
      }),
    },
  });
  const ingest = new EventIngest({
    ...common,
    job: await world.jobs.get(job.id),
    runDir: world.jobs.runDir(job.id),
    repositories: world.repositories,
    onFailure: () => undefined,
  });
  const seen = { exit: null, exited_at: null, wish: null, cancel_reason: null };
  await expect(conclusion.conclude({ ...seen, ingest })).rejects.toBe(full);
  expect((await world.jobs.get(job.id)).status).toBe('initializing');
  await conclusion.conclude({ ...seen, ingest });
  expect((await world.jobs.get(job.id)).status).toBe('interrupted');
});
