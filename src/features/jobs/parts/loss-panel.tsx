import { Table } from 'lucide-react';
import { useMemo, useState } from 'react';
import { IconButton } from '../../../components/button';
import { smooth } from '../../../components/downsample';
import { Segments, Slider } from '../../../components/fields';
import { formatClock, formatCount, formatLoss } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { LineChart } from '../../../components/line-chart';
import type { Series } from '../../../components/line-chart-options';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { heldOutOf } from '../job-run';
import type { JobRun } from '../job-run';
import { hasEnded } from '../job-words';
import { lossMarks, positionOf } from './loss-marks';
import type { Axis } from './loss-marks';

const AXES = [
  { value: 'step', label: 'Step' },
  { value: 'tokens', label: 'Tokens' },
  { value: 'time', label: 'Time' },
] as const;
const SCALES = [
  { value: 'linear', label: 'Linear' },
  { value: 'log', label: 'Log' },
] as const;
const UNITS: Record<Axis, string> = { step: 'steps', tokens: 'tokens', time: 'min' };
/** Steps on each side, where there are enough of them to smooth. */
const RADIUS = 5;
const STEPS_A_RADIUS = 10;
/** Grows with the window; at 1280 × 800 the samples stay in view. */
const HEIGHT = 'h-[clamp(15.25rem,calc(100vh-35rem),32rem)]';
/** Of a run that ended: its answers are what is looked at. */
const ENDED_HEIGHT = 'h-[clamp(11rem,calc(100vh-39rem),32rem)]';

const lossSeries = (run: JobRun, axis: Axis, radius: number): Series[] => {
  const started = run.points[0] ? new Date(run.points[0].timestamp).getTime() : 0;
  const x = {
    step: (index: number) => run.points[index]?.step ?? 0,
    tokens: (index: number) => run.points[index]?.tokens ?? 0,
    time: (index: number) => (new Date(run.points[index]?.timestamp ?? started).getTime() - started) / 60_000,
  };
  const raw = run.points.flatMap(({ training_loss }, index) =>
    training_loss === null ? [] : [{ x: x[axis](index), y: training_loss }],
  );
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
    { name: 'held-out', points: heldOut, number: 2, dots: true },
  ];
};

const summaryOf = (run: JobRun): string => {
  const [first, last] = [run.points[0], run.points.at(-1)];
  if (!first || !last) return 'No steps yet.';
  const { base, best } = heldOutOf(run);
  const heldOut = best
    ? ` Held-out loss is at best ${formatLoss(best.loss)} at step ${best.step}${base ? `, from ${formatLoss(base.loss)} for the untouched model` : ''}.`
    : '';
  return `Training loss goes from ${formatLoss(first.training_loss)} to ${formatLoss(last.training_loss)} in ${formatCount(last.step)} steps.${heldOut}`;
};

/** `Step 300, epoch 3, 14:22:29`: what a number on the axis stands for. */
const titleFor =
  (run: JobRun, axis: Axis) =>
  (x: number): string => {
    const at = positionOf(run, axis);
    const point = run.points.findLast(({ step }) => at(step) <= x);
    if (!point) return 'Untouched model';
    return `Step ${formatCount(point.step)}, epoch ${point.epoch + 1}, ${formatClock(point.timestamp)}`;
  };

export const LossPanel = ({ job, run }: { readonly job: TrainingJob; readonly run: JobRun }) => {
  const [axis, setAxis] = useState<Axis>('step');
  const [scale, setScale] = useState<'linear' | 'log'>('linear');
  const [chosen, setRadius] = useState<number | null>(null);
  const radius = chosen ?? (run.points.length < RADIUS * STEPS_A_RADIUS ? 0 : RADIUS);
  const height = hasEnded(job) ? ENDED_HEIGHT : HEIGHT;
  const [asTable, setAsTable] = useState(false);
  const series = useMemo(() => lossSeries(run, axis, radius), [run, axis, radius]);
  const marks = useMemo(() => lossMarks(job, run, axis), [job, run, axis]);
  const titleOf = useMemo(() => titleFor(run, axis), [run, axis]);
  return (
    <Panel
      title="Loss"
      plain
      beside={<Legend events={marks.some(({ kind }) => kind === 'event')} />}
      actions={
        <>
          <span>Smoothing</span>
          <Slider label="Smoothing" value={radius} max={50} onChange={setRadius} />
          <span className="w-16 font-medium whitespace-nowrap text-ink tabular-nums">
            {radius === 0 ? 'none' : `± ${radius} steps`}
          </span>
          <Segments label="Along" value={axis} options={AXES} onChange={setAxis} />
          <Segments label="Scale" value={scale} options={SCALES} onChange={setScale} />
          <IconButton
            small
            icon={Table}
            label={asTable ? 'Show as a chart' : 'Show as a table'}
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          />
        </>
      }
    >
      {run.points.length === 0 ? (
        <p className={`${height} p-4 text-ink-2`}>
          {hasEnded(job) ? 'The run ended before its first step.' : 'The curve begins with the first step.'}
        </p>
      ) : (
        <LineChart
          label="Loss"
          summary={summaryOf(run)}
          series={series}
          marks={marks}
          titleOf={titleOf}
          asTable={asTable}
          zooms
          xUnit={UNITS[axis]}
          xMax={axis === 'step' ? (job.total_steps ?? undefined) : undefined}
          log={scale === 'log'}
          className={`${height} px-2 pb-1`}
        />
      )}
    </Panel>
  );
};

const Legend = ({ events }: { readonly events: boolean }) => (
  <span
    aria-hidden
    className="order-last flex basis-full items-center gap-4 text-xs whitespace-nowrap text-ink-2 wide:order-none wide:ml-2 wide:basis-auto"
  >
    <span className="flex items-center gap-1.5">
      <span className="w-4 border-t-2 border-series-1" />
      training
    </span>
    <span className="flex items-center gap-1.5">
      <span className="w-4 border-t-2 border-dashed border-series-2" />
      held-out
    </span>
    <span className="flex items-center gap-1.5">
      <span className="size-1.5 rotate-45 bg-accent" />
      checkpoint
    </span>
    {events ? (
      <span className="flex items-center gap-1.5">
        <span className="border-x-4 border-t-6 border-x-transparent border-t-warn-fill" />
        event
      </span>
    ) : null}
  </span>
);
