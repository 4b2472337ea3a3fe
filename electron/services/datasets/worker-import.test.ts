import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtThread } from '../built-thread';
import { tmpdir } from 'node:os';
import { chat } from './import/testing';
import { importInWorker } from './worker-import';

let dir = '';
let workerUrl = new URL('file:///');

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'import-worker-'));
  workerUrl = await builtThread(join(import.meta.dirname, 'import-worker.ts'), dir);
}, 60_000);

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

const request = async (name: string, records: number) => {
  const sourcePath = join(dir, `${name}.jsonl`);
  await writeFile(sourcePath, `${JSON.stringify(chat('q', 'a'))}\n`.repeat(records));
  return { sourcePath, datasetDir: join(dir, 'bucket', name), stagingToken: 'token' };
};

/** A record whose call holds a number as it is written. */
const calling = (id: string, number: string) =>
  `{"id": "${id}", "messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "f", "arguments": {"x":${number}}}}]}]}`;

it('imports on a thread of its own and reports progress', async () => {
  let lastRecords = 0;
  const result = await importInWorker(workerUrl)(
    await request('good', 3000),
    ({ records }) => {
      lastRecords = records;
    },
    new AbortController().signal,
  );
  expect(result.report.usable_records).toBe(3000);
  expect(lastRecords).toBe(3000);
  expect(await readdir(join(dir, 'bucket', 'good'))).toContain('dataset.jsonl');
});

it('reads an original again there, to compare or to keep', async () => {
  const run = importInWorker(workerUrl);
  const first = await request('edited', 3);
  const { signal } = new AbortController();
  const { version } = await run(first, () => undefined, signal);
  const folder = join(first.datasetDir, 'versions', version?.sha256 ?? '');
  const again = {
    ...first,
    sourcePath: join(folder, 'source'),
    exclude: ['record-2'],
    revision: {
      isNewFile: false,
      sourceSha256: version?.sourceSha256 ?? null,
      current: { sha256: version?.sha256 ?? '', path: join(folder, 'dataset.jsonl') },
      isPreview: true,
    },
  };
  const preview = await run(again, () => undefined, signal);
  expect(preview).toMatchObject({
    versionDir: null,
    unkept: { kind: 'compared', diff: { removed: 1, unchanged: 2, records: [{ record_id: 'record-2' }] } },
  });
  const kept = await run(
    { ...again, revision: { ...again.revision, isPreview: false } },
    () => undefined,
    signal,
  );
  expect([
    kept.unkept,
    kept.version?.records,
    (await readdir(join(first.datasetDir, 'versions'))).length,
  ]).toEqual([undefined, 2, 2]);
});

it.each(['1.0', '1e2', '12345678901234567890'])(
  'hands over the beginning of records of tools that hold %s, of an import and of an edit',
  async (number) => {
    const run = importInWorker(workerUrl);
    const name = `tools ${number}`;
    const sourcePath = join(dir, `${name}.jsonl`);
    await writeFile(sourcePath, `${calling('a', number)}\n${calling('b', number)}\n`);
    const first = { sourcePath, datasetDir: join(dir, 'bucket', name), stagingToken: 'token' };
    const { signal } = new AbortController();
    const imported = await run(first, () => undefined, signal);
    const shown = { tool_calls: [{ function: { name: 'f', arguments: `{"x":${number}}` } }] };
    expect(imported.statistics.sample_data[0]).toMatchObject({ messages: [{}, shown] });
    const folder = join(first.datasetDir, 'versions', imported.version?.sha256 ?? '');
    const revision = {
      isNewFile: false,
      sourceSha256: imported.version?.sourceSha256 ?? null,
      current: { sha256: imported.version?.sha256 ?? '', path: join(folder, 'dataset.jsonl') },
      isPreview: false,
    };
    const edited = { ...first, sourcePath: join(folder, 'source'), exclude: ['a'], revision };
    const { version, statistics } = await run(edited, () => undefined, signal);
    expect([version?.records, statistics.sample_data]).toMatchObject([1, [{ id: 'b' }]]);
  },
);

it('I01 ends the thread at once when cancelled, and leaves nothing behind', async () => {
  const abort = new AbortController();
  let cancelledAt = 0;
  const run = importInWorker(workerUrl)(
    await request('cancelled', 300_000),
    ({ phase }) => {
      if (phase === 'reading' && cancelledAt === 0) {
        cancelledAt = performance.now();
        abort.abort();
      }
    },
    abort.signal,
  );
  await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  const milliseconds = performance.now() - cancelledAt;
  console.info(`cancelled, and swept, within ${milliseconds.toFixed(0)} ms (goal 200)`);
  expect(milliseconds).toBeLessThan(1000);
  expect(await readdir(join(dir, 'bucket'))).not.toContain('cancelled');
});

it('P09 says when the thread dies, and sweeps after it', async () => {
  const path = join(dir, 'dying.mjs');
  await writeFile(
    path,
    `import { mkdirSync } from 'node:fs'; import { workerData } from 'node:worker_threads';
    mkdirSync(workerData.datasetDir + '/.staging-token', { recursive: true }); process.exit(3);`,
  );
  const run = importInWorker(pathToFileURL(path))(
    await request('dying', 1),
    () => undefined,
    new AbortController().signal,
  );
  await expect(run).rejects.toThrow('the import ended without a result');
  expect(await readdir(join(dir, 'bucket'))).not.toContain('dying');
});

it('I01 ends a thread that is caught in one piece of work, says so, and sweeps after it', async () => {
  const path = join(dir, 'caught.mjs');
  await writeFile(
    path,
    `import { mkdirSync } from 'node:fs'; import { workerData } from 'node:worker_threads';
    mkdirSync(workerData.datasetDir + '/.staging-token', { recursive: true }); for (;;);`,
  );
  const run = importInWorker(pathToFileURL(path), 300)(
    await request('caught', 1),
    () => undefined,
    new AbortController().signal,
  );
  await expect(run).rejects.toMatchObject({ code: 'import_caught' });
  expect(await readdir(join(dir, 'bucket'))).not.toContain('caught');
});
