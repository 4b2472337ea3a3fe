import { appendFile, mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TrainerEvent } from '../../../src/lib/types/trainer-events';
import { metricsLog } from '../models/artifact-figures';
import { eventsFileOf, readEvents } from './event-file';
import { followLines } from './event-tail';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pipeline-events-'));
});

afterEach(() => rm(dir, { recursive: true, force: true }));

const beat = (seq: number): string =>
  `${JSON.stringify({ event: 'heartbeat', schema: 1, attempt: 1, seq, time: '2026-01-01T00:00:00.000Z' })}\n`;

it('reads whole events only, and counts what is none', async () => {
  expect(await readEvents(dir)).toEqual({ events: [], invalid: 0 });
  await appendFile(eventsFileOf(dir), `${beat(1)}{"event":"made_up"}\nnoise\n${beat(2)}{"event":"heart`);
  const { events, invalid } = await readEvents(dir);
  expect([events.map(({ seq }) => seq), invalid]).toEqual([[1, 2], 2]);
});

it('follows a file that another process writes, over a torn line that is cut', async () => {
  let over = false;
  const seen: string[] = [];
  const following = (async () => {
    for await (const line of followLines(dir, () => Promise.resolve(over))) seen.push(line);
  })();
  await appendFile(eventsFileOf(dir), beat(1));
  await sleep(400);
  await appendFile(eventsFileOf(dir), '{"event":"tor');
  await sleep(400);
  await truncate(eventsFileOf(dir), beat(1).length);
  await sleep(400);
  await appendFile(eventsFileOf(dir), beat(2));
  over = true;
  await following;
  expect(seen).toEqual([beat(1).trim(), beat(2).trim()]);
});

it('keeps only the metrics that led to the result', () => {
  const point = (seq: number, attempt: number, step: number) =>
    TrainerEvent.parse({
      event: 'metrics',
      schema: 1,
      attempt,
      seq,
      time: '2026-01-01T00:00:00.000Z',
      step,
      epoch: 0,
      tokens: 1,
      training_loss: seq,
      non_finite: null,
      learning_rate: 1,
      gradient_norm: 1,
      throughput: 1,
      step_ms: 1,
    });
  const events = [point(1, 1, 1), point(2, 1, 2), point(3, 1, 3), point(4, 2, 2)];
  const losses = metricsLog(events)
    .trim()
    .split('\n')
    .map((line) => TrainerEvent.parse(JSON.parse(line)).seq);
  expect(losses).toEqual([1, 4]);
});
