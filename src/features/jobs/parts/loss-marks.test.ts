import { expect, test } from 'vitest';
import type { JobStatus, TrainingJob } from '../../../lib/types/lora-training';
import { EMPTY_RUN } from '../job-run';
import type { JobRun } from '../job-run';
import { lossCurves } from '../loss-curves';
import { exampleEvaluation, examplePoint, exampleJob } from '../testing';
import { lossMarks } from './loss-marks';

const RUN: JobRun = {
  ...EMPTY_RUN,
  points: Array.from({ length: 10 }, (_, index) => examplePoint(index + 1)),
  evaluations: [exampleEvaluation(0, 4.64), exampleEvaluation(8, 3.154)],
};

const marksOf = (job: Partial<TrainingJob>, run = RUN) =>
  lossMarks(exampleJob(job), run, { axis: 'step', curves: lossCurves(run, 'step', 0) });

const wordsOf = (status: JobStatus, run = RUN) =>
  marksOf({ status }, run).flatMap((mark) =>
    mark.kind === 'now' || mark.kind === 'reading' ? [mark.label] : [],
  );

test('writes the name and the last value at the end of each curve, also of a run that ended', () => {
  expect(wordsOf('completed')).toEqual(['training 3.000', 'held-out 3.154 at step 8']);
  const measuredLast = { ...RUN, evaluations: [exampleEvaluation(10, 3.1)] };
  expect(wordsOf('completed', measuredLast)).toEqual(['training 3.000', 'held-out 3.100']);
});

test('says where a run stands that has not come to its end', () => {
  expect(wordsOf('running')[0]).toBe('now, step 10');
  expect(wordsOf('paused')[0]).toBe('paused, step 10');
  expect(wordsOf('interrupted')[0]).toBe('interrupted, step 10');
  expect(wordsOf('failed')[0]).toBe('failed, step 10');
});

test('shows the checkpoints to come of a run that goes on, and of none that ended', () => {
  const job = { plan: { save_every: 25 }, current_step: 30, total_steps: 100 };
  const coming = (status: JobStatus) =>
    marksOf({ ...job, status }).flatMap(({ kind, x }) => (kind === 'coming' ? [x] : []));
  expect(coming('paused')).toEqual([50, 75, 100]);
  expect(coming('failed')).toEqual([]);
});

test('tells the end of a run once, and what broke it off before', () => {
  const ended = (attempt: number) => ({
    seq: 9,
    attempt,
    time: examplePoint(10 * attempt).timestamp,
    event: 'interrupted',
    payload: { step: 10 * attempt, reason: 'paused', saved: true },
  });
  const run = { ...RUN, events: [ended(1), ended(2)] };
  const flags = (status: JobStatus) => marksOf({ status }, run).filter(({ kind }) => kind === 'event').length;
  expect([flags('running'), flags('interrupted')]).toEqual([2, 1]);
});

test('before its first step a run shows its whole plan', () => {
  const settings = (save_steps: number | null) => ({
    status: 'queued' as const,
    total_steps: 100,
    hyperparameters: { ...exampleJob().hyperparameters, save_steps },
  });
  const of = (job: Partial<TrainingJob>) =>
    marksOf(job, EMPTY_RUN).map((mark) => (mark.kind === 'now' ? [mark.x, mark.label, mark.below] : mark.x));
  const begins = 'the curve begins with the first step';
  expect(of(settings(25))).toEqual([25, 50, 75, 100, [0, 'waiting', begins]]);
  expect(of(settings(null))).toEqual([[0, 'waiting', begins]]);
  expect(of({ ...settings(25), status: 'running', plan: { save_every: 50 } })).toEqual([
    50,
    100,
    [0, 'now', begins],
  ]);
  expect(of({ ...settings(25), status: 'failed' })).toEqual([]);
});
