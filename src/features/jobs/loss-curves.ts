import { smooth } from '../../components/downsample';
import type { Series } from '../../components/line-chart-options';
import type { MetricsPoint } from '../../lib/types/job-records';
import { heldOutOf } from './job-run';
import type { JobRun } from './job-run';

export type Axis = 'step' | 'tokens' | 'time';

/** Where each step lies on the chosen axis; in minutes on that of time. */
export const placesOf = ({ points }: JobRun, axis: Axis): readonly number[] => {
  const started = points[0] ? Date.parse(points[0].timestamp) : 0;
  const place: Readonly<Record<Axis, (point: MetricsPoint) => number>> = {
    step: ({ step }) => step,
    tokens: ({ tokens }) => tokens,
    time: ({ timestamp }) => (Date.parse(timestamp) - started) / 60_000,
  };
  return points.map(place[axis]);
};

/** Where a step lies on the chosen axis, and one that is not reported at the last before it. */
export const positionOf = (run: JobRun, axis: Axis): ((step: number) => number) => {
  if (axis === 'step') return (step) => step;
  const places = placesOf(run, axis);
  return (wanted) => places[run.points.findLastIndex(({ step }) => step <= wanted)] ?? 0;
};

/** The curves of a run: a step that gave no number is a gap. Smoothed over `radius` steps on each side. */
export const lossCurves = (run: JobRun, axis: Axis, radius: number): Series[] => {
  const places = placesOf(run, axis);
  const raw = run.points.map(({ training_loss }, index) => ({
    x: places[index] ?? 0,
    y: training_loss ?? Number.NaN,
  }));
  const { base, all } = heldOutOf(run);
  const at = positionOf(run, axis);
  const heldOut = [
    ...(base ? [{ x: 0, y: base.loss }] : []),
    ...all.map(({ step, loss }) => ({ x: at(step), y: loss })),
  ];
  const trained: Series = {
    name: radius > 0 ? 'training, smoothed' : 'training',
    points: smooth(raw, radius),
    number: 1,
  };
  const faint: Series = { name: 'training, this step', points: raw, number: 1, faint: true };
  return [
    ...(radius > 0 ? [faint] : []),
    trained,
    ...(heldOut.length > 0 ? [{ name: 'held-out', points: heldOut, number: 2, dots: true } as const] : []),
  ];
};
