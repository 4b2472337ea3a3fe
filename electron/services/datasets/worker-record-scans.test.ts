import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtThread } from '../built-thread';
import { OnlyTheLast } from './only-the-last';
import { recordScans } from './record-scans';
import { scansInWorker } from './worker-record-scans';

const RECORDS = 200_000;
/** Below what a person feels, with room for what else the machine does. */
const LONGEST_WAIT_MS = 100;
const NANOSECONDS = 1e6;

let dir = '';
let workerUrl = new URL('file:///');

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'record-scan-worker-'));
  workerUrl = await builtThread(join(import.meta.dirname, 'record-scan-worker.ts'), dir);
}, 60_000);

afterAll(() => rm(dir, { recursive: true, force: true }));

/** Every tenth record repeats the first. */
function* lines(count: number): Generator<string> {
  for (let number = 0; number < count; number += 1)
    yield `{"id":"record-${String(number)}","source_line":${String(number + 1)},"messages":[{"role":"user","content":"question ${String(number % 10 === 0 ? 0 : number)}","trained":false},{"role":"assistant","content":"answer","trained":true}]}\n`;
}

const fileOf = async (count: number): Promise<string> => {
  const path = join(dir, `${String(count)}.jsonl`);
  await pipeline(Readable.from(lines(count)), createWriteStream(path));
  return path;
};

it('finds there what it finds here, and says what fails', async () => {
  const path = await fileOf(100);
  const split_path = join(dir, 'split.json');
  const held_out = ['record-3', 'record-30'];
  const train = Array.from({ length: 98 }, (_, index) => `other-${String(index)}`);
  await writeFile(split_path, JSON.stringify({ seed: 1, share: 0.02, train, held_out }));
  const there = scansInWorker(workerUrl);
  const split = { path, split_path };
  expect(await there.split(split)).toEqual(await recordScans.split(split));
  const selection = { path, query: 'QUESTION 7', among: new Set(['record-7', 'record-70']), limit: 5 };
  expect(await there.select(selection)).toEqual({ ids: ['record-7'], indexes: [7], truncated: false });
  expect(await there.repeats({ path, limit: 3 })).toMatchObject({
    ids: ['record-10', 'record-20', 'record-30'],
    truncated: true,
  });
  const search = { path, query: 'Question 7', offset: 1, limit: 5 };
  const signal = AbortSignal.timeout(60_000);
  expect(await there.search(search, signal)).toEqual(await recordScans.search(search, signal));
  expect(await there.places({ path, lines: [0, 1, 50, 101] })).toEqual([0, 0, 49, 100]);
  const reading = {};
  const raw = {
    kept: { path, fileName: 'a.jsonl', reading },
    place: { line: 7, path: '/id', type: 'empty_value', error: '' } as const,
  };
  expect(await there.raw(raw)).toEqual(await recordScans.raw(raw));
  expect(await there.raw({ ...raw, place: { ...raw.place, line: 700 } })).toBeNull();
  expect(await there.metadata({ path })).toEqual(await recordScans.metadata({ path }));
  await expect(there.repeats({ path: join(dir, 'missing'), limit: 3 })).rejects.toThrow('ENOENT');
});

it('ends a search that nobody wants any more', { timeout: 60_000 }, async () => {
  const path = await fileOf(RECORDS);
  const searches = new OnlyTheLast();
  const there = scansInWorker(workerUrl);
  const ask = (query: string) =>
    searches.run('one', (signal) => there.search({ path, query, offset: 0, limit: 1 }, signal));
  const first = ask('question 1');
  const second = ask('question 199999');
  await expect(first).rejects.toMatchObject({ code: 'search_superseded' });
  expect(await second).toMatchObject({ total: 1, records: [{ index: 199_999 }] });
});

it('leaves the program free while it reads many records', { timeout: 60_000 }, async () => {
  const path = await fileOf(RECORDS);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const { ids } = await scansInWorker(workerUrl).repeats({ path, limit: RECORDS });
  delay.disable();
  const longest = delay.max / NANOSECONDS;
  console.log(`longest wait of the program: ${longest.toFixed(0)} ms of ${String(RECORDS)} records`);
  expect(ids).toHaveLength(RECORDS / 10 - 1);
  expect(longest).toBeLessThan(LONGEST_WAIT_MS);
});
