import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtThread } from '../built-thread';
import { z } from 'zod';
import { compareInWorker } from './worker-compare';

const RECORDS = 1_000_000;
const MB = 1_000_000;

let dir = '';
let workerUrl = new URL('file:///');

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'compare-worker-'));
  workerUrl = await builtThread(join(import.meta.dirname, 'compare-worker.ts'), dir);
}, 60_000);

afterAll(() => rm(dir, { recursive: true, force: true }));

const line = (number: number, text: string): string =>
  `{"id":"record-${String(number)}","source_line":${String(number)},"messages":[{"role":"user","content":"q","trained":false},{"role":"assistant","content":"${text}","trained":true}]}\n`;

function* lines(count: number, textOf: (number: number) => string | null): Generator<string> {
  for (let first = 1; first <= count; first += 1000) {
    const numbers = Array.from({ length: Math.min(1000, count - first + 1) }, (_, index) => first + index);
    yield numbers
      .flatMap((number) => {
        const text = textOf(number);
        return text === null ? [] : [line(number, text)];
      })
      .join('');
  }
}

const file = async (name: string, content: Iterable<string>): Promise<string> => {
  const path = join(dir, name);
  await pipeline(Readable.from(content), createWriteStream(path));
  return path;
};

const oldText = () => 'a';
/** Every tenth record is gone, and every other tenth has changed. */
const newText = (number: number) => (number % 10 === 0 ? null : number % 10 === 5 ? 'b' : 'a');

it('compares on a thread of its own, which a signal ends', async () => {
  const request = { from: await file('a', lines(1000, oldText)), to: await file('b', lines(1000, newText)) };
  const compare = compareInWorker(workerUrl);
  const { added, removed, changed, unchanged } = await compare(request, new AbortController().signal);
  expect([added, removed, changed, unchanged]).toEqual([0, 100, 100, 800]);
  const abort = new AbortController();
  const ended = compare(request, abort.signal);
  abort.abort();
  await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
  const missing = { ...request, to: join(dir, 'missing') };
  await expect(compare(missing, new AbortController().signal)).rejects.toThrow('ENOENT');
});

const CHILD = `
const { Worker } = require('node:worker_threads');
const { url, request, limits } = JSON.parse(process.argv[1]);
new Worker(new URL(url), { workerData: request, resourceLimits: limits }).once('message', ({ removed, changed }) => {
  process.stdout.write(JSON.stringify({ removed, changed, peak: process.resourceUsage().maxRSS * 1024 }));
  process.exit();
});`;

it('I01 compares a million records in less than 200 MB', { timeout: 120_000 }, async () => {
  const request = {
    from: await file('old', lines(RECORDS, oldText)),
    to: await file('new', lines(RECORDS, newText)),
  };
  const limits = { maxYoungGenerationSizeMb: 16 };
  const argument = JSON.stringify({ url: workerUrl.href, request, limits });
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', CHILD, argument]);
  const { removed, changed, peak } = z
    .object({ removed: z.number(), changed: z.number(), peak: z.number() })
    .parse(JSON.parse(stdout));
  expect([removed, changed]).toEqual([RECORDS / 10, RECORDS / 10]);
  expect(peak).toBeLessThan(200 * MB);
});
