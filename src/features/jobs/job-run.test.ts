import { expect, test } from 'vitest';
import type { Checkpoint, Evaluation, JobEvent, JobSample, MetricsPoint } from '../../lib/types/job-records';
import { EMPTY_RUN, heldOutOf, type JobRun, mergeRun } from './job-run';

const evaluation = (step: number, rest: Partial<Evaluation> = {}): Evaluation => ({
  step,
  subject: 'adapter',
  group: 'all',
  loss: 3 - step / 10,
  tokens: 40,
  records: 4,
  method: 'mean cross-entropy per trained token, dropout off',
  final: false,
  ...rest,
});

test('a step has one held-out loss, also where the result says it again', () => {
  const result = evaluation(6, { final: true });
  const run = {
    ...EMPTY_RUN,
    evaluations: [evaluation(0, { subject: 'base' }), evaluation(4), evaluation(6), result],
  };
  expect(heldOutOf(run)).toEqual({
    base: evaluation(0, { subject: 'base' }),
    best: result,
    all: [evaluation(4), result],
  });
});

const point = (step: number, attempt = 1): MetricsPoint => ({
  step,
  attempt,
  timestamp: '2026-01-01T00:00:00.000Z',
  epoch: 0,
  tokens: step,
  training_loss: 2,
  non_finite: null,
  validation_loss: null,
  learning_rate: 1e-4,
  gradient_norm: 1,
  throughput: 100,
  step_ms: 10,
  gpu_utilization: null,
  gpu_memory_bytes: null,
  gpu_temperature: null,
  gpu_power_watts: null,
});

const points = (from: number, count: number): MetricsPoint[] =>
  Array.from({ length: count }, (_, at) => point(from + at));

test('a later attempt replaces the steps that it makes again', () => {
  const known = { ...EMPTY_RUN, points: points(1, 4) };
  const news = [point(3, 2), point(4, 2), point(5, 2)];
  expect(mergeRun(known, { points: news }).points).toEqual([point(1), point(2), ...news]);
  expect(mergeRun(known, { points: [point(6), point(5)] }).points).toEqual(points(1, 6));
});

test('fifty batches of new steps behind 40,000 take a moment', () => {
  let run: JobRun = { ...EMPTY_RUN, points: points(1, 40_000) };
  const batches = Array.from({ length: 50 }, (_, at) => points(40_001 + at * 5, 5));
  const started = performance.now();
  for (const batch of batches) run = mergeRun(run, { points: batch });
  expect(performance.now() - started).toBeLessThan(500);
  expect(run.points.map(({ step }) => step)).toEqual(Array.from({ length: 40_250 }, (_, at) => at + 1));
});

const asked = (step: number, prompt: string, text: string): JobSample => ({
  attempt: 1,
  step,
  prompt_id: 'asked',
  prompt,
  seed: 42,
  text,
});

test('two questions typed at one step both stay; the same one asked there again is answered anew', () => {
  const first = asked(4, 'Who keeps the light?', 'I do.');
  const second = asked(4, 'And at night?', 'I too.');
  const both = mergeRun(mergeRun(EMPTY_RUN, { samples: [first] }), { samples: [second] });
  expect(both.samples).toEqual([first, second]);
  const again = asked(4, 'And at night?', 'Still I.');
  expect(mergeRun(both, { samples: [again] }).samples).toEqual([first, again]);
});

const checkpoint = (step: number, best: boolean): Checkpoint => ({
  step,
  path: `checkpoints/step-${step}`,
  size_bytes: 10,
  sha256: 'a'.repeat(64),
  validation_loss: 3 - step / 10,
  best,
  pruned: false,
  created_at: '2026-01-01T00:00:00.000Z',
});

/** As the trainer's news tells it: the new checkpoint, and in its event what was removed for it. */
const saved = (step: number, best: boolean, pruned: readonly number[] = []) => {
  const path = `checkpoints/step-${step}`;
  const payload = { step, path, pruned: pruned.map((old) => `checkpoints/step-${old}`) };
  const event: JobEvent = {
    seq: step,
    attempt: 1,
    time: '2026-01-01T00:00:00.000Z',
    event: 'checkpoint',
    payload,
  };
  return { checkpoints: [checkpoint(step, best)], events: [event] };
};

const states = ({ checkpoints }: JobRun) =>
  checkpoints.map(({ step, best, pruned }) => `${step}${best ? ' best' : ''}${pruned ? ' pruned' : ''}`);

test('one checkpoint is the best: the last that improved', () => {
  const improved = mergeRun(mergeRun(EMPTY_RUN, saved(2, true)), saved(4, true));
  expect(states(improved)).toEqual(['2', '4 best']);
  expect(states(mergeRun(improved, saved(6, false)))).toEqual(['2', '4 best', '6']);
  const atOnce = { checkpoints: [checkpoint(2, true), checkpoint(4, true)] };
  expect(states(mergeRun(EMPTY_RUN, atOnce))).toEqual(['2', '4 best']);
});

test('a checkpoint that was removed for a new one is told as such, and stands again once it is made anew', () => {
  const first = mergeRun(mergeRun(EMPTY_RUN, saved(2, true)), saved(4, true));
  const pruned = mergeRun(first, saved(6, true, [2, 4]));
  expect(states(pruned)).toEqual(['2 pruned', '4 pruned', '6 best']);
  expect(states(mergeRun(pruned, saved(4, false)))).toEqual(['2 pruned', '4', '6 best']);
});
