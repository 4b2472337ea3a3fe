import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TrainerEvent } from '../../../src/lib/types/trainer-events';
import { newArtifact } from '../../db/testing';
import { metricsLog, qualityMetrics } from './artifact-figures';

const told = (event: string, { attempt = 1, seq = 1 }, payload: object): TrainerEvent =>
  TrainerEvent.parse({ event, schema: 1, attempt, seq, time: '2026-01-01T00:00:00.000Z', ...payload });

const metrics = (
  attempt: number,
  step: number,
  { seq = step, training_loss = 2 }: { seq?: number; training_loss?: number | null } = {},
): TrainerEvent =>
  told(
    'metrics',
    { attempt, seq },
    {
      step,
      epoch: 0,
      tokens: step,
      training_loss,
      non_finite: training_loss === null ? 'nan' : null,
      learning_rate: 1e-4,
      gradient_norm: 1,
      throughput: 100,
      step_ms: 10,
    },
  );

/** Each attempt from one step on for a number of steps, as a trainer tells it. */
const run = (attempts: readonly (readonly [from: number, count: number])[]): TrainerEvent[] => {
  let seq = 0;
  return attempts.flatMap(([from, count], index) =>
    Array.from({ length: count }, (_, at) => metrics(index + 1, from + at, { seq: (seq += 1) })),
  );
};

const Line = z.object({ attempt: z.int(), step: z.int(), seq: z.int() });
const logged = (events: readonly TrainerEvent[]) =>
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
        const lines = logged(run(attempts));
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

describe('the figures of a result', () => {
  const ID = '2f6b0c9e-7a31-4c55-9d0e-1b2a3c4d5e6f';
  const settings = {
    ...newArtifact({ job_id: ID, dataset_id: ID, base_model_id: ID }).configuration,
    batch_size: 4,
    gradient_accumulation_steps: 1,
  };
  const plan = told(
    'plan',
    {},
    {
      total_steps: 10,
      total_tokens: 1,
      trained_tokens: 1,
      train_records: 20,
      held_out_records: 3,
      truncated_records: 0,
      trainable_parameters: 1,
      total_parameters: 2,
      micro_batch: 4,
      recompute: 'none',
      eval_every: 1,
      save_every: 1,
    },
  );
  const figures = (points: readonly TrainerEvent[], source_step: number) => {
    const { final_training_loss, best_epoch } = qualityMetrics({
      settings,
      events: [plan, ...points],
      source_step,
    });
    return [final_training_loss, best_epoch];
  };
  const steps = (losses: readonly (number | null)[], attempt = 1, from = 1) =>
    losses.map((training_loss, at) => metrics(attempt, from + at, { training_loss }));

  // Five steps an epoch; what `complete` of the trainer gives is tested there in the same words.
  it.each([
    { of: 'its own step, not the last', points: steps([5, 4, 3, 2, 1]), source: 3, is: [3, 1] },
    { of: 'the border of an epoch', points: steps([6, 5, 4, 3, 2, 1]), source: 5, is: [2, 1] },
    { of: 'the first step of an epoch', points: steps([6, 5, 4, 3, 2, 1, 0]), source: 6, is: [1, 2] },
    { of: 'the step before one without a number', points: steps([5, 4, null, 2]), source: 3, is: [4, 1] },
    {
      of: 'the attempt that led to it',
      points: [...steps([5, 4, 3, 2]), ...steps([2.5, 1.5], 2, 3)],
      source: 3,
      is: [2.5, 1],
    },
  ])('are those of $of, where the run was stopped', ({ points, source, is }) => {
    expect(figures(points, source)).toEqual(is);
  });
});
