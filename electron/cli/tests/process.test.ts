import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { build } from 'vite';
import { fakePython } from '../../services/jobs/testing';

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** Beside the real build, which another test may be using. */
const BUNDLE = join(ROOT, 'dist', 'cli-under-test');

const DATA = `${JSON.stringify({
  messages: [
    { role: 'user', content: 'One?' },
    { role: 'assistant', content: 'Two.' },
  ],
})}\n`.repeat(4);

let dir: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  await build({ root: ROOT, mode: 'main', logLevel: 'error', build: { outDir: BUNDLE } });
  dir = await mkdtemp(join(tmpdir(), 'terminal ü '));
  await writeFile(join(dir, 'data.jsonl'), DATA);
  // Some thirty programs of the same code: the first one compiles it for all.
  const NODE_COMPILE_CACHE = join(dir, 'compiled');
  env = { ...process.env, TMPDIR: dir, PIPELINE_PYTHON: await fakePython(dir), NODE_COMPILE_CACHE };
  await end(start('datasets', 'import', 'data.jsonl', '--name', 'Sample'));
}, 120_000);
afterAll(async () => {
  await rm(BUNDLE, { recursive: true, force: true });
  await rm(dir, { recursive: true, force: true });
});

const startAs = (how: SpawnOptions, words: readonly string[]): ChildProcess =>
  spawn(process.execPath, [join(BUNDLE, 'cli.js'), ...words, '--data-dir', join(dir, 'kept')], {
    cwd: dir,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...how,
  });

const start = (...words: string[]): ChildProcess => startAs({}, words);

const end = async (child: ChildProcess) => {
  const [out, err] = [child.stdout ? text(child.stdout) : '', child.stderr ? text(child.stderr) : ''];
  await once(child, 'close');
  return { code: child.exitCode, out: await out, err: await err };
};

const documentsOf = (out: string): unknown[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));

const RUN = ['--dataset', 'Sample', '--base-model', 'smollm2-135m-instruct', '--force', '--json'];

/** Many programs one after another, on whatever machine this is. */
const LONG = { timeout: 120_000 };

/** Resolves when this part has been printed. */
const printed = (child: ChildProcess, part: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let seen = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes(part)) resolve();
    });
    child.once('close', () => reject(new Error(`it ended without printing ${part}: ${seen}`)));
  });

it('prints one document with --json, and an error so', async () => {
  const listed = await end(start('datasets', 'list', '--json'));
  expect([listed.code, documentsOf(listed.out)]).toMatchObject([0, [[{ name: 'Sample' }]]]);
  const wrong = await end(start('jobs', 'show', 'nothing', '--json'));
  expect([wrong.code, wrong.err, documentsOf(wrong.out)]).toMatchObject([
    3,
    '',
    [{ error: { code: 'not_found' } }],
  ]);
});

it('two at once on one data folder both do their work', async () => {
  const both = await Promise.all(
    ['left', 'right'].map((name) => end(start('datasets', 'import', 'data.jsonl', '--name', name, '--json'))),
  );
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  const runs = await Promise.all(
    ['plain a', 'plain b'].map((name) => end(start('train', ...RUN, '--name', name))),
  );
  expect(runs.map(({ code, err }) => [code, err])).toEqual([
    [0, ''],
    [0, ''],
  ]);
});

it('Ctrl-C saves a run and ends with 130, a killed one is settled by the next command', async () => {
  const running = start('train', ...RUN, '--name', 'hold');
  await printed(running, '"step":3');
  running.kill('SIGINT');
  expect((await end(running)).code).toBe(130);
  const resumed = start('jobs', 'resume', 'hold', '--json');
  await printed(resumed, '"step":3');
  resumed.kill('SIGKILL');
  await once(resumed, 'close');
  const paused = await end(start('jobs', 'pause', 'hold', '--json'));
  expect([paused.code, documentsOf(paused.out)]).toMatchObject([0, [{ status: 'interrupted' }]]);
});

it('SIGTERM saves a run and ends with 75', async () => {
  const running = start('train', ...RUN, '--name', 'hold terminated');
  await printed(running, '"step":3');
  running.kill('SIGTERM');
  expect((await end(running)).code).toBe(75);
  const shown = await end(start('jobs', 'show', 'hold terminated', '--json'));
  expect(documentsOf(shown.out)).toMatchObject([{ status: 'paused' }]);
});

const there = (name: string) => vi.waitFor(() => access(join(dir, name)), { timeout: 20_000 });

describe('a signal to all of a terminal, while an adapter is checked', () => {
  const signalAll = ({ pid }: ChildProcess, signal: NodeJS.Signals) => process.kill(-Number(pid), signal);
  const checking = async (name: string): Promise<ChildProcess> => {
    await rm(join(dir, 'checking'), { force: true });
    const running = startAs({ detached: true }, ['train', ...RUN, '--name', name]);
    await there('checking');
    return running;
  };
  const shown = async (name: string) => documentsOf((await end(start('jobs', 'show', name, '--json'))).out);

  it.each(['SIGINT', 'SIGTERM'] as const)('lets the check end: %s', async (signal) => {
    const running = await checking(`held ${signal}`);
    signalAll(running, signal);
    await rm(join(dir, 'checking'));
    expect((await end(running)).code).toBe(0);
    expect(await shown(`held ${signal}`)).toMatchObject([{ status: 'completed' }]);
  });

  it('leaves at the second, and the next command checks again', async () => {
    const running = await checking('held twice');
    const ended = end(running);
    const press = () => {
      if (running.exitCode === null) signalAll(running, 'SIGINT');
      return running.exitCode;
    };
    // Presses that follow within half a second are one.
    await expect.poll(press, { interval: 600, timeout: 20_000 }).toBe(130);
    await ended;
    expect(await shown('held twice')).toMatchObject([{ status: 'completed' }]);
  });
});

it('a question does not outlive the process that asked it', async () => {
  const asking = start('generate', '--base-model', 'smollm2-135m-instruct', '--prompt', 'hold');
  await there('asked');
  asking.kill('SIGTERM');
  expect((await end(asking)).code).toBe(143);
  await there('left');
});

it(
  'an edit that is killed leaves the version that was, and the next start sweeps after it',
  LONG,
  async () => {
    await writeFile(join(dir, 'long.jsonl'), DATA.replaceAll('One?', ' One? ').repeat(10_000));
    const imported = await end(start('datasets', 'import', 'long.jsonl', '--json'));
    const [answer] = documentsOf(imported.out);
    const folder = join(
      String(Reflect.get(Object(Reflect.get(Object(answer), 'dataset')), 'storage_path')),
      '..',
    );
    const staged = async () =>
      (await readdir(folder, { recursive: true })).filter((name) => name.startsWith('.staging'));
    const editing = start('datasets', 'fix', 'long', '--fix', 'trim', '--json');
    const isReading = async () => (await staged()).some((name) => name.endsWith('dataset.jsonl'));
    await expect.poll(isReading, { interval: 2, timeout: 20_000 }).toBe(true);
    editing.kill('SIGKILL');
    await once(editing, 'close');
    expect(await staged()).not.toEqual([]);
    const versions = async () =>
      documentsOf((await end(start('datasets', 'versions', 'long', '--json'))).out);
    expect(await versions()).toMatchObject([[{ number: 1, is_current: true, records: 40_000 }]]);
    await end(start('jobs', 'run', '--json'));
    expect(await staged()).toEqual([]);
    expect(await versions()).toMatchObject([[{ number: 1, is_current: true }]]);
    const again = await end(start('datasets', 'fix', 'long', '--fix', 'trim', '--json'));
    expect([again.code, again.err]).toEqual([0, '']);
    expect(await versions()).toMatchObject([
      [{ number: 2, is_current: true, fixes: ['trim'] }, { number: 1 }],
    ]);
  },
);
