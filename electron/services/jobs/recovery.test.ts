import { spawn } from 'node:child_process';
import { appendFile, chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TrainerEvent } from '../../../src/lib/types/trainer-events';
import { identify } from '../trainer/process-identity';
import { openWorld, removeWorld, type World } from './testing';

const CANCEL = { save: false, reason: 'why' };
const worlds: World[] = [];
let dir: string;

const open = async (options: Parameters<typeof openWorld>[0] = {}): Promise<World> => {
  const world = await openWorld(options);
  worlds.push(world);
  return world;
};

let world: World;

beforeEach(async () => {
  world = await open();
  dir = world.dir;
});

afterEach(async () => {
  for (const each of worlds.splice(0)) await each.close();
  await removeWorld(dir);
});

/** A job whose app died: at work in the database, its trainer a process of our own choosing. */
const orphan = async (name: string, pid: number | null) => {
  const job = await world.create(name);
  await world.repositories.jobs.transition(
    job.id,
    { from: ['queued'], to: 'initializing' },
    { attempt: 1, started_at: new Date().toISOString() },
  );
  const identity =
    pid === null ? { pid: null, process_started_at: null, boot_id: null } : await identify(pid);
  await world.repositories.attempts.create({ job_id: job.id, number: 1, ...identity });
  return job;
};

const launch = (job: { id: string }) => {
  const python = join(dir, 'python');
  return spawn(python, ['-m', 'pipeline_trainer', 'run', world.jobs.runDir(job.id), '--attempt', '1'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
};

const ended = (child: ReturnType<typeof launch>): Promise<void> =>
  new Promise((resolve) => {
    child.once('exit', () => resolve());
  });

describe('after the app died', () => {
  it('a trainer that ended without a word is interrupted', async () => {
    const job = await orphan('plain', null);
    await world.runner.start();
    expect(await world.jobs.get(job.id)).toMatchObject({ status: 'interrupted', error_code: 'interrupted' });
    expect(await world.jobs.attempts(job.id)).toMatchObject([{ end_reason: 'killed' }]);
  });

  it('one that completed meanwhile is completed, and nothing is lost or doubled', async () => {
    const job = await orphan('plain', null);
    await ended(launch(job));
    const file = join(world.jobs.runDir(job.id), 'events.jsonl');
    const lines = (await readFile(file, 'utf8')).trim().split('\n').length;
    await appendFile(file, '{"event":"metr');
    await world.runner.start();
    expect(await world.jobs.get(job.id)).toMatchObject({ status: 'completed', last_seq: lines });
    expect((await world.jobs.metrics(job.id)).length).toBe(6);
    expect((await world.models.list()).length).toBe(1);
  });

  it('its attempt ended with its last word, however late the app comes back', async () => {
    const job = await orphan('plain', null);
    await ended(launch(job));
    const lines = (await readFile(join(world.jobs.runDir(job.id), 'events.jsonl'), 'utf8'))
      .trim()
      .split('\n');
    const { time } = TrainerEvent.parse(JSON.parse(lines.at(-1) ?? ''));
    await world.runner.start();
    expect(await world.jobs.attempts(job.id)).toMatchObject([{ ended_at: time }]);
  });

  it('one that never said a word ended when it began', async () => {
    const job = await orphan('plain', null);
    await world.runner.start();
    const [attempt] = await world.jobs.attempts(job.id);
    expect(attempt?.ended_at).toBe(attempt?.started_at);
  });

  it('one whose artifact was stored but not recorded is recorded once', async () => {
    const job = await orphan('plain', null);
    await ended(launch(job));
    const target = join(world.paths.storageDir, 'lora-models', job.user_id, job.id);
    await mkdir(target, { recursive: true });
    await writeFile(join(target, 'adapter_model.safetensors'), 'from before');
    await world.runner.start();
    expect((await world.models.list())[0]?.artifacts.length).toBe(4);
    expect(await readFile(join(target, 'adapter_model.safetensors'), 'utf8')).toBe('weights');
  });

  it('one that still saves is waited for, and nothing is started beside it', async () => {
    const job = await world.create('hold slow-save');
    await world.repositories.jobs.transition(
      job.id,
      { from: ['queued'], to: 'initializing' },
      { attempt: 1 },
    );
    const child = launch(job);
    const identity = await identify(child.pid ?? 0);
    await world.repositories.attempts.create({ job_id: job.id, number: 1, ...identity });
    const gone = ended(child);
    const written = () => readFile(join(world.jobs.runDir(job.id), 'events.jsonl'), 'utf8').catch(() => '');
    await expect.poll(written, { timeout: 20_000 }).toContain('"step":3');
    child.stdin.end();
    await world.runner.start();
    expect(world.runner.isSaving(job.id)).toBe(true);
    expect(world.jobs.saving()).toEqual([job.id]);
    expect((await world.jobs.get(job.id)).status).toBe('initializing');
    for (const asked of [
      world.jobs.pause(job.id),
      world.jobs.sampleNow(job.id, 'Still there?'),
      world.jobs.cancel({ id: job.id, ...CANCEL }),
    ])
      await expect(asked).rejects.toMatchObject({ code: 'job_saving' });
    const second = await world.create('plain');
    expect((await world.jobs.get(second.id)).status).toBe('queued');
    await writeFile(join(world.jobs.runDir(job.id), 'go'), '');
    await gone;
    expect(await world.until(job.id, 'interrupted')).toMatchObject({ attempt: 1 });
    await world.until(second.id, 'completed');
    const told = world.published.filter(({ name }) => name === 'jobs.saving_changed');
    expect(told.map(({ payload }) => payload)).toEqual([[job.id], []]);
  });

  it('one whose number was never stored is known by its own word, and waited for', async () => {
    const job = await orphan('hold slow-save', null);
    const child = launch(job);
    const written = () => readFile(join(world.jobs.runDir(job.id), 'events.jsonl'), 'utf8').catch(() => '');
    await expect.poll(written, { timeout: 20_000 }).toContain('"step":3');
    await world.runner.start();
    expect(world.runner.isSaving(job.id)).toBe(true);
    child.kill('SIGKILL');
    expect((await world.until(job.id, 'interrupted')).attempt).toBe(1);
  });

  it('a process that has the number of such a one is not taken for it', async () => {
    const job = await orphan('plain', null);
    const child = launch(job);
    await ended(child);
    const file = join(world.jobs.runDir(job.id), 'events.jsonl');
    const lines = (await readFile(file, 'utf8')).replace(`"pid":${child.pid ?? 0}`, `"pid":${process.pid}`);
    await writeFile(file, lines);
    await world.runner.start();
    expect((await world.jobs.get(job.id)).status).toBe('completed');
  });

  it('a process that reuses the number is not taken for the trainer', async () => {
    const job = await orphan('plain', process.pid);
    await world.repositories.attempts.update(job.id, 1, { process_started_at: '1' });
    await world.runner.start();
    expect((await world.jobs.get(job.id)).status).toBe('interrupted');
  });
});

describe('a process that does not work the queue', () => {
  it('ends what a dead one left, starts nothing and gives the lease back', async () => {
    const job = await orphan('plain', null);
    const queued = await world.create('plain');
    await world.repositories.requests.enqueue({ job_id: job.id, command: 'cancel', payload: CANCEL });
    expect(await world.runner.settle()).toBe(true);
    expect(await world.jobs.get(job.id)).toMatchObject({ status: 'cancelled', cancel_reason: 'why' });
    expect((await world.jobs.get(queued.id)).status).toBe('queued');
    expect(await world.repositories.lease.current()).toBeNull();
  });

  it('waits for a trainer that still saves', async () => {
    const job = await world.create('hold slow-save');
    const child = launch(job);
    await world.repositories.jobs.transition(
      job.id,
      { from: ['queued'], to: 'initializing' },
      { attempt: 1 },
    );
    const identity = await identify(child.pid ?? 0);
    await world.repositories.attempts.create({ job_id: job.id, number: 1, ...identity });
    const settled = world.runner.settle();
    await expect.poll(() => world.runner.isSaving(job.id)).toBe(true);
    child.kill('SIGKILL');
    expect(await settled).toBe(true);
    expect((await world.jobs.get(job.id)).status).toBe('interrupted');
  });

  it('leaves everything to a living owner', async () => {
    await world.runner.start();
    const sleeper = spawn('sleep', ['60']);
    const other = await open({ dir, pid: sleeper.pid });
    expect(await other.runner.settle()).toBe(false);
    expect((await world.repositories.lease.current())?.owner_pid).toBe(process.pid);
    sleeper.kill();
  });
});

describe('a process that works for one run', () => {
  it('starts what was queued before it, and nothing after it', async () => {
    const [before, own, after] = [
      await world.create('plain'),
      await world.create('plain'),
      await world.create('plain'),
    ];
    world.runner.startNoMore(own.id);
    await world.runner.start();
    await world.until(own.id, 'completed');
    await world.runner.idle();
    expect((await world.jobs.get(before.id)).status).toBe('completed');
    expect((await world.jobs.get(after.id)).status).toBe('queued');
  });
});

describe('two processes', () => {
  it('one runs the queue, the other asks it, and takes over when it is gone', async () => {
    await world.runner.start();
    const sleeper = spawn('sleep', ['60']);
    const other = await open({ dir, pid: sleeper.pid });
    expect(await other.runner.start()).toBe(false);
    const job = await other.create('hold');
    await other.until(job.id, 'running');
    await other.jobs.pause(job.id);
    await other.until(job.id, 'paused');
    await other.jobs.cancel({ id: job.id, save: true, reason: 'no' });
    expect(await other.until(job.id, 'cancelled')).toMatchObject({ cancel_reason: 'no' });
    expect((await other.models.list()).length).toBe(1);
    await world.runner.stop();
    const later = await other.create('plain');
    await other.until(later.id, 'completed');
    expect(other.runner.owns).toBe(true);
    sleeper.kill();
  });

  it('a dead owner does not keep the lease', async () => {
    const dead = {
      owner_pid: 999_999,
      owner_started_at: '1',
      boot_id: 'another',
      owner_kind: 'cli',
    } as const;
    await world.repositories.lease.take(dead, null);
    expect(await world.runner.start()).toBe(true);
  });

  it('a stopped app lets its trainer save, and the next start resumes it', async () => {
    await world.runner.start();
    const job = await world.create('hold');
    await world.until(job.id, 'running');
    await world.runner.stop();
    const next = await open({ dir });
    await next.runner.start();
    expect(await next.jobs.get(job.id)).toMatchObject({ status: 'interrupted' });
    await next.jobs.resume(job.id);
    await next.until(job.id, 'running');
    expect(await next.jobs.get(job.id)).toMatchObject({ attempt: 2 });
  });
});

it('a missing runtime fails the job with the hint', async () => {
  await chmod(join(dir, 'python'), 0o600);
  await world.runner.start();
  const job = await world.create('plain');
  expect(await world.until(job.id, 'failed')).toMatchObject({ error_code: 'runtime_missing' });
});
