import { expect, test } from 'vitest';
import { EMPTY_RUN } from './job-run';
import type { JobRun } from './job-run';
import { lossCurves } from './loss-curves';
import type { Axis } from './loss-curves';
import { epochAlong, lossReadings } from './loss-readings';
import { epochsOf } from './plan-words';
import type { EpochAt } from './plan-words';
import { exampleEvaluation, exampleJob, examplePoint } from './testing';

const SIX_AN_EPOCH = exampleJob({
  hyperparameters: { ...exampleJob().hyperparameters, batch_size: 4, gradient_accumulation_steps: 1 },
  plan: { train_records: 24 },
});
const EPOCH_AT = epochsOf(SIX_AN_EPOCH);

const RUN: JobRun = {
  ...EMPTY_RUN,
  points: Array.from({ length: 10 }, (_, index) => examplePoint(index + 1)),
  evaluations: [exampleEvaluation(0, 4.64), exampleEvaluation(4, 3.5), exampleEvaluation(8, 3.154)],
};

const readAt = (x: number, { run = RUN, axis = 'step', radius = 0, epochAt = EPOCH_AT }: Given = {}) =>
  lossReadings(run, { axis, curves: lossCurves(run, axis, radius), epochAt })(x);
interface Given {
  readonly run?: JobRun;
  readonly axis?: Axis;
  readonly radius?: number;
  readonly epochAt?: EpochAt | null;
}

const rowsAt = (x: number, given?: Given) =>
  readAt(x, given)?.rows.map(({ name, value, note }) => [name, value, note].filter(Boolean).join(' '));

test('says every curve at the step nearest to the pointer, and the held-out value before it', () => {
  const reading = readAt(9.4, { radius: 1 });
  expect(reading).toMatchObject({ x: 9, title: 'Step 9, epoch 1.5' });
  expect(reading?.aside).toMatch(/^\d\d:00:09$/);
  expect(rowsAt(9.4, { radius: 1 })).toEqual([
    'training, smoothed 3.100',
    'training, this step 3.100',
    'held-out 3.154 at step 8',
    'tokens 900',
  ]);
});

test('finds the step along tokens and along time as well', () => {
  expect(readAt(812, { axis: 'tokens' })).toMatchObject({ x: 800, title: 'Step 8, epoch 1.3' });
  expect(readAt(6.1 / 60, { axis: 'time' })).toMatchObject({ title: 'Step 7, epoch 1.2' });
});

test('says whole epochs until it is known how many steps one has, and where it has one', () => {
  expect(readAt(9, { epochAt: null })?.title).toBe('Step 9, epoch 2');
  const one = epochsOf({ ...SIX_AN_EPOCH, plan: { train_records: 3 } });
  expect(readAt(9, { epochAt: one })?.title).toBe('Step 9, epoch 9');
});

test('tells the epoch along each axis, also of the untouched model', () => {
  const epochs = (axis: Axis, places: readonly number[]) =>
    places.map((x) => EPOCH_AT && epochAlong(RUN, axis, EPOCH_AT)(x));
  expect(epochs('step', [0, 3, 9])).toEqual(['0', '0.5', '1.5']);
  expect(epochs('tokens', [0, 300, 900])).toEqual(['0', '0.5', '1.5']);
  expect(epochs('time', [2 / 60, 8 / 60])).toEqual(['0.5', '1.5']);
});

test('marks the held-out curve only where it was measured', () => {
  const drawn = (x: number) =>
    readAt(x)?.rows.filter(({ curve, y }) => curve?.number === 2 && y !== undefined).length;
  expect([drawn(8), drawn(9)]).toEqual([1, 0]);
});

test('says the untouched model’s loss before the first step', () => {
  expect(readAt(0)).toMatchObject({ x: 0, title: 'Untouched model' });
  expect(rowsAt(0)).toEqual(['held-out 4.640 at step 0']);
  expect(readAt(0, { run: EMPTY_RUN })).toBeNull();
});

test('says what a loss was that is no number, and leaves a gap in the curve there', () => {
  const run = {
    ...RUN,
    points: RUN.points.with(2, examplePoint(3, { training_loss: null, non_finite: 'nan' })),
  };
  expect(rowsAt(3, { run })?.[0]).toBe('training not a number');
  const [smoothed] = lossCurves(run, 'step', 1).slice(1);
  expect(smoothed?.points.map(({ y }) => Number.isFinite(y)).filter((there) => !there)).toHaveLength(1);
});
