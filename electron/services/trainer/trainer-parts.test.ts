import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakePython } from '../jobs/testing';
import { trainerEnvironment } from './environment';
import { endChild } from './kill';
import { LineSplitter } from './line-splitter';
import { identify, isAlive } from './process-identity';
import { findLockHash, findPython } from './runtime';
import { ServeProcess } from './serve-process';

let dir: string;
let python: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pipeline-trainer-'));
  python = await fakePython(dir);
});

afterAll(() => rm(dir, { recursive: true, force: true }));

const places = () => ({
  env: { PATH: process.env['PATH'], PIPELINE_PYTHON: python },
  resourcesDir: dir,
  trainerDir: dir,
});

describe('lines', () => {
  it('are cut wherever the chunks end, and an overlong one is dropped alone', () => {
    const lines: string[] = [];
    let dropped = 0;
    const splitter = new LineSplitter({
      onLine: (line) => lines.push(line),
      onOverlong: () => (dropped += 1),
      limit: 8,
    });
    for (const byte of Buffer.from('größe\r\n\nabcdefghijkl\nok\nhalf')) splitter.push(Buffer.from([byte]));
    expect([lines, dropped, splitter.flush()]).toEqual([['größe', 'ok'], 1, 'half']);
  });
});

describe('the environment', () => {
  it('keeps nothing that could redirect Python or a download', () => {
    const env = trainerEnvironment(
      { PATH: '/bin', PYTHONSTARTUP: 'x', HTTPS_PROXY: 'x', HF_TOKEN: 'x' },
      '/trainer',
    );
    expect(env).toMatchObject({ PATH: '/bin', PYTHONPATH: '/trainer', HF_HUB_OFFLINE: '1' });
    expect(Object.keys(env)).not.toEqual(expect.arrayContaining(['PYTHONSTARTUP']));
    expect('HTTPS_PROXY' in env || 'HF_TOKEN' in env).toBe(false);
  });

  it('names a runtime that is not there', async () => {
    await expect(findPython({ env: {}, resourcesDir: dir })).rejects.toMatchObject({
      code: 'runtime_missing',
    });
    await expect(findPython(places())).resolves.toBe(python);
  });

  it('is known by its lock, unless it is a Python of the user’s own or nothing says it', async () => {
    const bundled = { env: {}, resourcesDir: dir };
    await expect(findLockHash(bundled)).resolves.toBeNull();
    const stamp = join(dir, 'runtime', 'python', '.stamp.json');
    await mkdir(join(dir, 'runtime', 'python'), { recursive: true });
    await writeFile(stamp, '{"variant":"cpu","fingerprint":"abc"}\n');
    await expect(findLockHash(bundled)).resolves.toBe('abc');
    await expect(findLockHash(places())).resolves.toBeNull();
    await writeFile(stamp, '{"variant"');
    await expect(findLockHash(bundled)).resolves.toBeNull();
  });
});

describe('a process', () => {
  it('is known by number, start and boot', async () => {
    const child = spawn('sleep', ['60']);
    const identity = await identify(child.pid ?? 0);
    expect(await isAlive(identity)).toBe(true);
    expect(await isAlive({ ...identity, process_started_at: '1' })).toBe(false);
    expect(await isAlive({ ...identity, boot_id: 'another' })).toBe(false);
    await endChild(child, 1000);
    expect(await isAlive(identity)).toBe(false);
  });

  it('that ignores SIGTERM is killed', async () => {
    const child = spawn('sh', ['-c', 'trap "" TERM; echo ready; while :; do sleep 0.05; done']);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await endChild(child, 200);
    expect(child.signalCode).toBe('SIGKILL');
  });
});

describe('the warm helper', () => {
  it('answers by id, survives a death, and gives up on what kills it', async () => {
    const helper = new ServeProcess(places());
    const [one, two] = await Promise.all([helper.request('a', { n: 1 }), helper.request('b', { n: 2 })]);
    expect([one, two]).toMatchObject([
      { method: 'a', params: { n: 1 } },
      { method: 'b', params: { n: 2 } },
    ]);
    const mark = join(dir, 'died');
    expect(await helper.request('die_once', { mark })).toMatchObject({ method: 'die_once' });
    const progress: unknown[] = [];
    await helper.request('a', {}, { onProgress: (each) => progress.push(each) });
    expect(progress).toEqual([{ done: 1 }]);
    await expect(helper.request('refuse', {})).rejects.toMatchObject({ code: 'refused' });
    await expect(helper.request('die', {})).rejects.toMatchObject({ code: 'helper_died' });
    expect(await helper.request('after', {})).toMatchObject({ method: 'after' });
    await helper.stop();
  });

  it('tells at once who cancels, and answers others', async () => {
    const helper = new ServeProcess(places());
    const abort = new AbortController();
    const asked = helper.request('a', {}, { signal: abort.signal });
    abort.abort();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    await expect(helper.request('a', {}, { signal: abort.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await helper.request('after', {})).toMatchObject({ method: 'after' });
    await helper.stop();
  });

  it('ends when idle and starts again', async () => {
    const helper = new ServeProcess({ ...places(), idle_ms: 50 });
    const first = await helper.request('a', {});
    await new Promise((resolve) => setTimeout(resolve, 600));
    const second = await helper.request('a', {});
    expect(first).not.toEqual(second);
    await helper.stop();
  });
});
