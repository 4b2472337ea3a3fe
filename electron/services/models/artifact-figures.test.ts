import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TrainerEvent } from '../../../src/lib/types/trainer-events';
import { metricsLog } from './artifact-figures';

const metrics = (attempt: number, step: number, seq: number): TrainerEvent =>
  TrainerEvent.parse({
    event: 'metrics',
    schema: 1,
    attempt,
    seq,
    time: '2026-01-01T00:00:00.000Z',
    step,
    epoch: 0,
    tokens: step,
    training_loss: 2,
    non_finite: null,
    learning_rate: 1e-4,
    gradient_norm: 1,
    throughput: 100,
    step_ms: 10,
  });

/** Each attempt from one step on for a number of steps, as a trainer tells it. */
const run = (attempts: readonly (readonly [from: number, count: number])[]): TrainerEvent[] => {
  let seq = 0;
  return attempts.flatMap(([from, count], index) =>
    Array.from({ length: count }, (_, at) => metrics(index + 1, from + at, (seq += 1))),
  );
};

const Line = z.object({ attempt: z.int(), step: z.int(), seq: z.int() });
const told = (events: readonly TrainerEvent[]) =>
  metricsLog(events)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Line.parse(JSON.parse(line)));

const ATTEMPTS = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 })), {
  maxLength: 5,
});

describe('the log of the metrics', () => {
  it('has a step once, the last attempt that made it, and none that a later attempt went back before', () => {
    fc.assert(
      fc.property(ATTEMPTS, (attempts) => {
        const lines = told(run(attempts));
        const kept = attempts.flatMap(([from, count], index) => {
          const nextFrom = Math.min(...attempts.slice(index + 1).map(([start]) => start));
          return Array.from({ length: count }, (_, at) => from + at)
            .filter((step) => step < nextFrom)
            .map((step) => [index + 1, step]);
        });
        expect(lines.map(({ attempt, step }) => [attempt, step])).toEqual(kept);
      }),
    );
  });

  it('of 50,000 steps is made in less than a second', () => {
    const events = run([
      [1, 30_000],
      [20_001, 30_000],
    ]).slice(0, 50_000);
    const started = performance.now();
    const log = metricsLog(events);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(log.split('\n')).toHaveLength(40_001);
  });
});
