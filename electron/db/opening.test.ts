import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { exclusively } from './exclusive';
import { openIn, optionsIn, rawIn } from './testing';
import { bundleWorker, type WorkerBundle } from './worker-bundle';

/** Opens when told to, stores a setting of its own, and closes. */
const OPENER = `
const { Worker } = require('node:worker_threads');
const { url, options, name } = JSON.parse(process.argv[1]);
const next = {
  0: () => ({ id: 1, kind: 'profile' }),
  1: ({ id: user_id }) => ({ id: 2, kind: 'call', request: { user_id, repository: 'settings', method: 'set', args: [name, 1] } }),
  2: () => ({ id: 3, kind: 'close' }),
};
process.stdin.once('data', () => {
  process.stdin.unref();
  const worker = new Worker(new URL(url), { workerData: options });
  worker.on('message', (answer) => {
    console.log(JSON.stringify(answer));
    if (answer.ok && next[answer.id]) worker.postMessage(next[answer.id](answer.value));
  });
});
console.log('ready');
`;

const Answer = z.object({
  id: z.number(),
  ok: z.boolean(),
  value: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});
type Answer = z.infer<typeof Answer>;

let bundle: WorkerBundle;
beforeAll(async () => {
  bundle = await bundleWorker();
});
afterAll(() => bundle.remove());

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gleichzeitig ü '));
});
afterEach(() => rmSync(folder, { recursive: true }));

const waiting = async (name: string): Promise<{ child: ChildProcess; answers: () => Promise<Answer[]> }> => {
  const argument = JSON.stringify({ url: bundle.url, options: optionsIn(folder), name });
  const child = spawn(process.execPath, ['-e', OPENER, argument], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const reader = createInterface(child.stdout).on('line', (line) => lines.push(line));
  const closed = once(reader, 'close');
  await once(reader, 'line');
  const answers = async (): Promise<Answer[]> => {
    await closed;
    return lines.slice(1).map((line) => Answer.parse(JSON.parse(line)));
  };
  return { child, answers };
};

/** What each of `count` processes was answered that opened the database at the same moment. */
const openAtOnce = async (count: number): Promise<Answer[][]> => {
  const openers = await Promise.all(Array.from({ length: count }, (_, index) => waiting(`n${index}`)));
  for (const { child } of openers) child.stdin?.end('go');
  return Promise.all(openers.map(({ answers }) => answers()));
};

const failures = (answers: readonly Answer[][]): unknown[] =>
  answers.flat().flatMap(({ error }) => (error === undefined ? [] : [error.message]));

const content = (): { profiles: number; settings: unknown[] } => {
  const db = rawIn(folder);
  const profiles = Number(db.prepare('SELECT count(*) FROM users').pluck().get());
  const settings = db.prepare('SELECT key FROM settings ORDER BY key').pluck().all();
  db.close();
  return { profiles, settings };
};

describe('processes that open the database at the same moment', () => {
  it.each([1, 2, 3])('make one database with one profile in a fresh folder (round %i)', async () => {
    expect(failures(await openAtOnce(5))).toEqual([]);
    expect(content()).toEqual({ profiles: 1, settings: ['n0', 'n1', 'n2', 'n3', 'n4'] });
  });

  it.each([1, 2, 3])('put a damaged one back once, and lose nothing (round %i)', async () => {
    const session = openIn(folder);
    session.profile();
    session.backUpIfDue();
    session.close();
    const file = openSync(join(folder, 'pipeline.db'), 'r+');
    writeSync(file, Buffer.alloc(100), 0, 100, 0);
    closeSync(file);
    const answers = await openAtOnce(4);
    expect(failures(answers)).toEqual([]);
    const notices = answers.flat().filter(({ id, value }) => id === 0 && value != null);
    expect(notices).toMatchObject([{ value: { code: 'database_restored' } }]);
    expect(readdirSync(folder).filter((name) => name.includes('.damaged-'))).toHaveLength(1);
    expect(content()).toEqual({ profiles: 1, settings: ['n0', 'n1', 'n2', 'n3'] });
  });

  it('never copy it at the same moment', async () => {
    openIn(folder).close();
    expect(failures(await openAtOnce(4))).toEqual([]);
    expect(readdirSync(join(folder, 'backups'))).toHaveLength(1);
  });
});

describe('the turn of a process', () => {
  it('that another one keeps for too long is told in a sentence', () => {
    const inner = () => exclusively(optionsIn(folder), { wait_ms: 50, work: () => expect.fail() });
    expect(() => exclusively(optionsIn(folder), { work: inner })).toThrow(
      expect.objectContaining({
        code: 'database_opening',
        message: expect.stringContaining('Another') as unknown,
      }),
    );
  });

  it('ends with the process that had it', async () => {
    const holder = `
      const db = new (require(process.argv[1]))(process.argv[2] + '.lock');
      db.exec('BEGIN EXCLUSIVE'); console.log('held'); setInterval(() => {}, 1000);`;
    const sqlite = join(import.meta.dirname, '..', '..', 'node_modules', 'better-sqlite3');
    const held = spawn(process.execPath, ['-e', holder, sqlite, optionsIn(folder).path]);
    await once(held.stdout, 'data');
    held.kill('SIGKILL');
    await once(held, 'exit');
    expect(exclusively(optionsIn(folder), { wait_ms: 0, work: () => 'mine' })).toBe('mine');
  });

  it('is not kept by what somebody wrote into its file', () => {
    writeFileSync(`${optionsIn(folder).path}.lock`, 'no database at all '.repeat(300));
    expect(exclusively(optionsIn(folder), { wait_ms: 0, work: () => 'mine' })).toBe('mine');
  });

  it('names what stands in the place of its file', () => {
    const lock = `${optionsIn(folder).path}.lock`;
    mkdirSync(lock);
    expect(() => exclusively(optionsIn(folder), { wait_ms: 0, work: () => 'mine' })).toThrow(lock);
  });
});
