import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, openDatabaseHere } from './client';
import { optionsIn } from './testing';

/** Speaks the protocol of the thread; the method's name says what happens. */
const SCRIPTED = `
import { appendFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
appendFileSync(workerData.path + '.starts', 'x');
if (workerData.path.endsWith('refused.db')) {
  parentPort.postMessage({ id: 0, ok: false, error: { code: 'database_newer', message: 'm', hint: 'h' } });
  parentPort.close();
} else {
  parentPort.postMessage({ id: 0, ok: true, value: null });
  parentPort.on('message', ({ id, kind, request }) => {
    const method = request?.method;
    if (method === 'delete') process.exit(3);
    if (method === 'move') throw new Error('a defect');
    if (method === 'list') return;
    if (method === 'update') parentPort.postMessage({ id, ok: false, error: { code: 'disk_full', message: 'm', hint: 'h' } });
    else parentPort.postMessage({ id, ok: true, value: kind === 'data_version' ? 1 : request ?? null });
    if (kind === 'close') parentPort.close();
  });
}
`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'client-'));
  writeFileSync(join(folder, 'thread.mjs'), SCRIPTED);
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (name = 'pipeline.db') =>
  openDatabase(
    pathToFileURL(join(folder, 'thread.mjs')),
    { ...optionsIn(folder), path: join(folder, name) },
    fail,
  );

const fail = (failure: Error): void => {
  throw failure;
};

const starts = (name = 'pipeline.db'): number => readFileSync(join(folder, `${name}.starts`)).length;

const code = (expected: string): unknown => expect.objectContaining({ code: expected });

describe('the database on its thread', () => {
  it('binds every call to its user', async () => {
    const database = await open();
    expect(await database.forUser('me').jobs.get('job')).toEqual({
      user_id: 'me',
      repository: 'jobs',
      method: 'get',
      args: ['job'],
    });
    await database.close();
  });

  it('hands over the code, sentence and hint of a failure', async () => {
    const database = await open();
    await expect(database.forUser('me').jobs.update('job', {})).rejects.toMatchObject({
      code: 'disk_full',
      message: 'm',
      hint: 'h',
    });
    await database.close();
  });

  it('does not open where the thread refuses', async () => {
    await expect(open('refused.db')).rejects.toEqual(code('database_newer'));
    await ended();
    expect(starts('refused.db')).toBe(1);
  });

  it.each(['delete', 'move'] as const)(
    'refuses what waits when its thread dies in %s, and starts another',
    async (method) => {
      const database = await open();
      const { jobs } = database.forUser('me');
      const waiting = jobs.list();
      const deadly = method === 'delete' ? jobs.delete('job') : jobs.move('job', 0);
      await expect(waiting).rejects.toEqual(code('database_gone'));
      await expect(deadly).rejects.toEqual(code('database_gone'));
      expect(await jobs.get('job')).toMatchObject({ method: 'get' });
      await database.close();
    },
  );

  it('gives up when the thread keeps dying', async () => {
    const database = await open();
    const { jobs } = database.forUser('me');
    for (let time = 0; time < 4; time += 1) {
      await expect(jobs.delete('job')).rejects.toEqual(code('database_gone'));
      // An answer shows that the new thread is open before it dies in turn.
      if (time < 3) expect(await database.dataVersion()).toBe(1);
    }
    await expect(jobs.get('job')).rejects.toEqual(code('database_gone'));
    await database.close();
  });

  it('answers nothing after it was closed', async () => {
    const database = await open();
    await database.close();
    await expect(database.dataVersion()).rejects.toEqual(code('database_gone'));
    await ended();
    expect(starts()).toBe(1);
  });
});

/** A thread started after every other one has run: whatever was to start before it has started. */
const ended = async (): Promise<void> => {
  const last = new Worker('', { eval: true });
  await once(last, 'exit');
};

it('is the same in this thread', async () => {
  const database = openDatabaseHere(optionsIn(folder));
  const { id } = await database.profile();
  expect(await database.forUser(id).jobs.list()).toEqual([]);
  await expect(database.forUser(id).attempts.create({ ...ATTEMPT })).rejects.toThrow('does not belong');
  await database.close();
});

const ATTEMPT = { job_id: 'none', number: 1, pid: 1, process_started_at: null, boot_id: null };
