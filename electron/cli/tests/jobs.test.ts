import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { World } from '../../services/jobs/testing';
import { CliBench, type Running } from '../testing';
import { A_TEXT, rowWith, textWith } from './matchers';

const RUN = ['--dataset', 'Sample', '--base-model', 'tiny'];
const GONE = { pid: null, process_started_at: null, boot_id: null };

let bench: CliBench;
/** Another process, and what it sees. */
let second: CliBench;
let world: World;
let sleeper: ChildProcess;

beforeEach(async () => {
  bench = await CliBench.create();
  sleeper = spawn('sleep', ['60']);
  second = bench.beside(sleeper.pid);
  world = await second.world();
});

afterEach(async () => {
  await world.close();
  sleeper.kill();
  await bench.remove();
});

const statusOf = async (id: string): Promise<string> => (await world.jobs.get(id)).status;

/** A run whose process died at work. */
const orphan = async (name: string) => {
  const job = await world.create(name);
  await world.repositories.jobs.transition(job.id, { from: ['queued'], to: 'initializing' }, { attempt: 1 });
  await world.repositories.attempts.create({ job_id: job.id, number: 1, ...GONE });
  return job;
};

const isJob = (line: unknown): boolean => Reflect.get(Object(line), 'event') === 'job';

const thirdStep = (running: Running): Promise<void> =>
  expect.poll(running.out, { timeout: 20_000 }).toContain('"step":3');

/** A run in the foreground, held at its third step. */
const held = async (...words: string[]): Promise<{ running: Running; id: string }> => {
  const running = bench.begin('train', ...RUN, '--name', 'hold', '--json', ...words);
  await thirdStep(running);
  const [job] = await world.jobs.list();
  return { running, id: job?.id ?? '' };
};

describe('a run in the foreground', () => {
  it('saves and pauses at Ctrl-C, ends with 130, and goes on with resume; seq rises by one', async () => {
    const { running, id } = await held();
    running.stop('interrupt');
    const ended = await running.ended;
    expect([ended.code, await statusOf(id)]).toEqual([130, 'paused']);
    const resumed = bench.begin('jobs', 'resume', id, '--json');
    await thirdStep(resumed);
    resumed.stop('terminate');
    const { code, documents } = await resumed.ended;
    expect([code, await statusOf(id)]).toEqual([75, 'paused']);
    const seqs = [...ended.documents(), ...documents()].flatMap((document) => {
      const seq: unknown = Reflect.get(Object(document), 'seq');
      return typeof seq === 'number' ? [seq] : [];
    });
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    const file = await readFile(join(world.jobs.runDir(id), 'events.jsonl'), 'utf8');
    expect(file.trim().split('\n').length).toBe(seqs.length);
  });

  it('whose adapter is being checked is waited for at Ctrl-C', async () => {
    const running = bench.begin('train', ...RUN, '--name', 'slow');
    const end = async () => {
      const [job] = await world.jobs.list();
      return job && (await world.jobs.attempts(job.id))[0]?.end_reason;
    };
    await expect.poll(end, { timeout: 20_000 }).toBe('completed');
    running.stop('interrupt');
    await writeFile(join(bench.dir, 'tiny-checked'), '');
    const { code, err } = await running.ended;
    expect(code).toBe(0);
    expect(err).toContain('its adapter is being checked. It ends in a moment');
  });

  it('starts nothing after itself', async () => {
    const { running, id } = await held();
    const other = await world.create('plain');
    running.stop('interrupt');
    await running.ended;
    expect([await statusOf(id), await statusOf(other.id)]).toEqual(['paused', 'queued']);
  });

  it('that is refused sets nothing going', async () => {
    const waiting = await world.create('plain');
    expect((await bench.run('train', ...RUN, '--set', 'num_epochs=2', 'max_steps=2')).code).toBe(2);
    const done = await world.create('plain');
    await bench.run('jobs', 'cancel', done.id);
    expect((await bench.run('jobs', 'resume', done.id)).code).toBe(4);
    expect(await statusOf(waiting.id)).toBe('queued');
  });

  it('is shown by a second command line, which may stop following without touching it', async () => {
    const { running, id } = await held();
    const follower = second.begin('jobs', 'events', id, '--follow', '--json');
    await thirdStep(follower);
    follower.stop('interrupt');
    expect((await follower.ended).code).toBe(130);
    expect(await statusOf(id)).toBe('running');
    const waiter = second.begin('jobs', 'wait', id, '--json');
    running.stop('hang_up');
    expect([(await running.ended).code, (await waiter.ended).code]).toEqual([75, 75]);
    expect((await waiter.ended).documents()).toMatchObject([{ id, status: 'paused' }]);
  });
});

describe('a run of a process that died', () => {
  it.each([
    [['pause'], 0, 'interrupted'],
    [['cancel', '--reason', 'enough'], 0, 'cancelled'],
    [['wait'], 75, 'interrupted'],
    [['show'], 0, 'interrupted'],
  ])('%j settles it', async ([verb = '', ...words], code, status) => {
    const { id } = await orphan('plain');
    const ended = await bench.run('jobs', verb, id, ...words, '--json');
    expect([ended.code, ended.documents()]).toMatchObject([code, [{ id, status }]]);
    expect(await world.repositories.lease.current()).toBeNull();
  });

  it('is settled in a list, and by who follows it', async () => {
    const { id } = await orphan('plain');
    expect((await bench.run('jobs', 'list', '--json')).documents()).toMatchObject([
      [{ id, status: 'interrupted' }],
    ]);
    const { id: followed } = await orphan('plain');
    expect((await bench.run('jobs', 'events', followed, '--follow')).code).toBe(0);
    expect(await statusOf(followed)).toBe('interrupted');
  });

  it('goes on with resume', async () => {
    const { id } = await orphan('plain');
    expect((await bench.run('jobs', 'resume', id)).code).toBe(0);
    expect(await statusOf(id)).toBe('completed');
  });
});

describe('jobs', () => {
  it('pause and cancel answer the run at rest, with their reasons', async () => {
    const { running, id } = await held();
    const paused = await second.run('jobs', 'pause', id, '--reason', 'lunch', '--json');
    expect([paused.code, paused.documents()]).toMatchObject([0, [{ id, status: 'paused' }]]);
    expect((await running.ended).code).toBe(75);
    expect((await bench.run('jobs', 'logs', id)).out).toContain('paused: lunch');
    expect((await bench.run('jobs', 'pause', id)).code).toBe(4);
    expect((await bench.run('jobs', 'pause', id, '--no-save')).code).toBe(2);
    const cancelled = await bench.run('jobs', 'cancel', id, '--save', '--reason', 'done', '--json');
    expect(cancelled.documents()).toMatchObject([
      { status: 'cancelled', cancel_reason: 'done', artifact_id: A_TEXT },
    ]);
    expect((await bench.run('jobs', 'cancel', id)).code).toBe(4);
  });

  it('a refused resume ends with 4 and leaves the run as it was', async () => {
    const { running, id } = await held();
    running.stop('interrupt');
    await running.ended;
    const before = await world.jobs.get(id);
    await rm(join(world.jobs.runDir(id), 'checkpoints'), { recursive: true });
    const { code, documents } = await bench.run('jobs', 'resume', id, '--json');
    expect([code, documents()]).toMatchObject([4, [{ error: { code: 'resume_refused' } }]]);
    expect(await world.jobs.get(id)).toEqual(before);
  });

  it('a resume that the trainer refuses ends with 4 in its words, and the run is paused still', async () => {
    const running = bench.begin('train', ...RUN, '--name', 'hold other-settings', '--json');
    await thirdStep(running);
    running.stop('interrupt');
    await running.ended;
    const [before] = await world.jobs.list();
    const { code, err } = await bench.run('jobs', 'resume', before?.id ?? '', '--queue');
    expect([code, err]).toEqual([4, textWith('Settings changed.')]);
    expect([before?.status, await world.jobs.list()]).toEqual(['paused', [before]]);
  });

  it('retry makes a new run of the same settings', async () => {
    await bench.run('train', ...RUN, '--name', 'plain', '--set', 'seed=7');
    const [first] = await world.jobs.list();
    const id = first?.id ?? '';
    const queued = await bench.run('jobs', 'retry', id, '--queue', '--json');
    expect(queued.documents()).toMatchObject([
      { event: 'job', job: { status: 'queued', retry_of: id, hyperparameters: { seed: 7 } } },
    ]);
  });

  it('move changes the place in the queue', async () => {
    const [first, second] = [await world.create('plain'), await world.create('plain')];
    expect((await bench.run('jobs', 'move', second.id, '--to', '1')).code).toBe(0);
    const order = (await world.repositories.jobs.queued()).toSorted((a, b) => a.position - b.position);
    expect(order.map(({ id }) => id)).toEqual([second.id, first.id]);
    expect((await bench.run('jobs', 'move', first.id, '--to', '0')).code).toBe(2);
    expect((await bench.run('jobs', 'move', first.id)).err).toContain('--to is missing');
  });

  it('run works the queue until it is empty, and answers the worst end', async () => {
    expect(await bench.run('jobs', 'run')).toMatchObject({ code: 0, out: '', err: textWith('empty') });
    await world.create('plain');
    await world.create('sigkill');
    expect((await bench.run('jobs', 'run', '--json')).code).toBe(75);
    await world.create('crash');
    await world.create('sigkill');
    await world.create('plain');
    const { code, documents } = await bench.run('jobs', 'run', '--json');
    expect(documents()).toContainEqual(rowWith({ event: 'completed' }));
    expect([code, documents().filter((line) => isJob(line)).length]).toEqual([1, 6]);
  });

  it('run stops at Ctrl-C with the run saved and the rest still queued', async () => {
    const [first, second] = [await world.create('hold'), await world.create('plain')];
    const running = bench.begin('jobs', 'run', '--json');
    await thirdStep(running);
    running.stop('interrupt');
    expect((await running.ended).code).toBe(130);
    expect([await statusOf(first.id), await statusOf(second.id)]).toEqual(['paused', 'queued']);
  });

  it('run is refused with 4 where another process runs the queue', async () => {
    await world.runner.start();
    const { code, documents } = await bench.run('jobs', 'run', '--json');
    expect([code, documents()]).toMatchObject([4, [{ error: { code: 'queue_busy' } }]]);
  });

  it('metrics, events and logs answer what the run has said', async () => {
    await bench.run('train', ...RUN, '--name', 'plain');
    const id = (await world.jobs.list())[0]?.id ?? '';
    const [points] = (await bench.run('jobs', 'metrics', id, '--json')).documents();
    expect(points).toMatchObject([1, 2, 3, 4, 5, 6].map((step) => ({ step, attempt: 1 })));
    const csv = (await bench.run('jobs', 'metrics', id, '--csv', '-')).out.split('\r\n');
    expect([csv[0], csv.length]).toEqual([textWith('^step,attempt,timestamp,'), 8]);
    expect((await bench.run('jobs', 'metrics', id)).out).toContain('· training loss');
    const [events] = (await bench.run('jobs', 'events', id, '--json')).documents();
    const lines = (await bench.run('jobs', 'events', id, '--follow', '--json')).documents();
    expect(lines).toEqual(events);
    expect((await bench.run('jobs', 'logs', id, '--json')).documents()).toMatchObject([
      [{ attempt: 1, text: 'attempt 1 begins' }],
    ]);
    expect((await bench.run('jobs', 'show', id)).out).toContain('completed');
    expect((await bench.run('jobs', 'metrics', 'nothing')).code).toBe(3);
  });

  it('shows what every attempt ran on and with', async () => {
    const { id } = await world.create('plain');
    await bench.run('jobs', 'run');
    const [shown] = (await bench.run('jobs', 'show', id, '--json')).documents();
    const said = { torch: '0', device_name: 'fake', precision: 'fp32', threads: 2, driver: null };
    const known = { devices: ['cpu'], app_version: '0.0.0', lock_hash: 'e'.repeat(64) };
    expect(shown).toMatchObject({ id, attempts: [{ number: 1, ...said, ...known }] });
    expect((await bench.run('jobs', 'show', id)).out).toMatch(
      /attempt 1 +fake, fp32, 2 threads, PyTorch 0, Pipeline 0\.0\.0, runtime eeeeeeeeeeee\n/,
    );
  });

  it('names the version of the data that a run takes', async () => {
    const { id } = await world.create('plain');
    const [shown] = (await bench.run('jobs', 'show', id, '--json')).documents();
    expect(shown).toMatchObject({ datasets: [{ name: 'Sample', version_number: 1 }] });
    expect((await bench.run('jobs', 'show', id)).out).toMatch(/dataset +Sample, version 1\n/);
  });

  it('says of a run without log why there is nothing to read', async () => {
    const { id } = await world.create('plain');
    const { code, out, err } = await bench.run('jobs', 'logs', id);
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain('The trainer has written nothing; it speaks when something is odd.');
    const asked = await bench.run('jobs', 'logs', id, '--json');
    expect([asked.documents(), asked.err]).toEqual([[[]], '']);
  });

  it('says that a budget ended it, and when', async () => {
    const { id } = await world.create('budget');
    expect((await bench.run('jobs', 'run')).code).toBe(0);
    expect((await bench.run('jobs', 'show', id)).out).toMatch(/ended +stopped by its time budget at step 6/);
    expect((await bench.run('jobs', 'events', id)).out).toContain('stopped by its time budget at step 6');
  });
});
