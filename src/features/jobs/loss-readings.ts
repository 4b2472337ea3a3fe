import type { Reading } from '../../components/chart-hover';
import { formatClockSeconds, formatCount, formatLoss } from '../../components/format';
import type { Series } from '../../components/line-chart-options';
import type { MetricsPoint } from '../../lib/types/job-records';
import { heldOutOf } from './job-run';
import type { JobRun } from './job-run';
import { placesOf } from './loss-curves';
import type { Axis } from './loss-curves';
import type { EpochAt } from './plan-words';

interface Shown {
  readonly axis: Axis;
  /** The curves as `lossCurves` makes them. */
  readonly curves: readonly Series[];
  /** Null while only whole epochs are known. */
  readonly epochAt: EpochAt | null;
}

/** What the loss chart says at the step nearest to a place on its axis; null before there is any. */
export const lossReadings = (
  run: JobRun,
  { axis, curves, epochAt }: Shown,
): ((x: number) => Reading | null) => {
  const places = placesOf(run, axis);
  const { base } = heldOutOf(run);
  return (x) => {
    const index = nearest(places, x);
    const at = places[index];
    const point = run.points[index];
    if (base && (at === undefined || x < at / 2) && x < (places[0] ?? Infinity)) return untouched(base.loss);
    if (at === undefined || !point) return null;
    return {
      x: at,
      title: `Step ${formatCount(point.step)}, epoch ${epochAt?.(point.step) ?? formatCount(point.epoch + 1)}`,
      aside: formatClockSeconds(point.timestamp),
      rows: [
        ...curves
          .filter(({ number }) => number === 1)
          .map((curve) => trainingRow(curve, index, point))
          .toReversed(),
        ...heldOutRows(run, point),
        { name: 'tokens', value: formatCount(point.tokens) },
      ],
    };
  };
};

/** The epoch at a place on the axis: of the step nearest to it, and none at the start. */
export const epochAlong = (run: JobRun, axis: Axis, epochAt: EpochAt): ((x: number) => string) => {
  if (axis === 'step') return epochAt;
  const places = placesOf(run, axis);
  return (x) => epochAt(x <= 0 && axis === 'tokens' ? 0 : (run.points[nearest(places, x)]?.step ?? 0));
};

const untouched = (loss: number): Reading => ({
  x: 0,
  title: 'Untouched model',
  aside: '',
  rows: [{ name: 'held-out', value: formatLoss(loss), note: 'at step 0', curve: { number: 2 }, y: loss }],
});

/** The index of the place nearest to `x`; the places rise. */
const nearest = (places: readonly number[], x: number): number => {
  const after = places.findIndex((place) => place >= x);
  if (after < 0) return places.length - 1;
  const [before, next] = [places[after - 1], places[after]];
  return before !== undefined && next !== undefined && x - before < next - x ? after - 1 : after;
};

const NON_FINITE = { nan: 'not a number', inf: 'infinite', '-inf': 'minus infinite' } as const;

const trainingRow = (
  { name, points, number, faint = false }: Series,
  index: number,
  { non_finite }: MetricsPoint,
) => {
  const y = points[index]?.y ?? Number.NaN;
  const value = non_finite === null ? formatLoss(y) : NON_FINITE[non_finite];
  return { name, value, curve: { number, faint }, ...(faint ? {} : { y }) };
};

/** Of the last evaluation at or before the step. */
const heldOutRows = (run: JobRun, { step }: MetricsPoint) => {
  const { base, all } = heldOutOf(run);
  const last = [...(base ? [base] : []), ...all].findLast((one) => one.step <= step);
  if (!last) return [];
  return [
    {
      name: 'held-out',
      value: formatLoss(last.loss),
      note: `at step ${formatCount(last.step)}`,
      curve: { number: 2 as const },
      ...(last.step === step ? { y: last.loss } : {}),
    },
  ];
};
