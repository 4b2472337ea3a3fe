import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtThread } from '../built-thread';
import { SplitFile } from '../../../src/lib/types/dataset-records';
import { makeRunData } from './run-data';
import { runDataInWorker } from './worker-run-data';

const RECORDS = 100_000;
/** What a person feels; the machine that tests is shared, so that once in a while something else takes long. */
const FELT_MS = 50;
const NANOSECONDS = 1e6;

let dir = '';
let workerUrl = new URL('file:///');

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'run-data-worker-'));
  workerUrl = await builtThread(join(import.meta.dirname, 'run-data-worker.ts'), dir);
}, 60_000);

afterAll(() => rm(dir, { recursive: true, force: true }));

function* lines(count: number): Generator<string> {
  for (let number = 1; number <= count; number += 1)
    yield `{"id":"record-${String(number)}","source_line":${String(number)},"messages":[{"role":"user","content":"question ${String(number)}","trained":false},{"role":"assistant","content":"answer","trained":true}]}\n`;
}

const source = async (name: string, count: number) => {
  const path = join(dir, name);
  await pipeline(Readable.from(lines(count)), createWriteStream(path));
  return { path, name, format: 'chat', weight: 1 };
};

const request = async (count: number, folder: string) => ({
  sources: [await source('a', count), await source('b', count)],
  mixture_path: join(dir, `${folder}.jsonl`),
  split_path: join(dir, `${folder}.json`),
  split: { seed: 42, share: 0.1, stratify: 'auto' as const },
  wants_prompts: true,
});

it('leaves the program free while it makes a large mixture', { timeout: 120_000 }, async () => {
  const asked = await request(RECORDS, 'large');
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const made = await runDataInWorker(workerUrl)(asked);
  delay.disable();
  const longest = delay.max / NANOSECONDS;
  console.log(`longest wait of the program: ${longest.toFixed(0)} ms of ${String(RECORDS * 2)} records`);
  expect(made.train + made.held_out).toBe(RECORDS * 2);
  expect(delay.percentile(99) / NANOSECONDS).toBeLessThan(FELT_MS);
  expect(longest).toBeLessThan(FELT_MS * 3);
  expect((await stat(asked.mixture_path)).size).toBeGreaterThan(RECORDS * 200);
});

it('makes there what it makes here, and says what fails', async () => {
  const here = await makeRunData(await request(100, 'here'));
  const asked = await request(100, 'there');
  expect(await runDataInWorker(workerUrl)(asked)).toEqual(here);
  const splits = await Promise.all(
    ['here', 'there'].map(async (name) => readFile(join(dir, `${name}.json`), 'utf8')),
  );
  expect(splits[0]).toBe(splits[1]);
  expect(SplitFile.parse(JSON.parse(splits[0] ?? '')).train).toHaveLength(here.train);
  const missing = {
    ...asked,
    mixture_path: null,
    sources: [{ ...(await source('a', 1)), path: join(dir, 'no') }],
  };
  await expect(runDataInWorker(workerUrl)(missing)).rejects.toMatchObject({ code: 'ENOENT' });
});
