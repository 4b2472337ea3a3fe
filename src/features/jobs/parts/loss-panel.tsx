import { Table } from 'lucide-react';
import { useMemo, useState } from 'react';
import { IconButton } from '../../../components/button';
import { smooth } from '../../../components/downsample';
import { Segments, Slider } from '../../../components/fields';
import { formatCount, formatLoss } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { LineChart } from '../../../components/line-chart';
import type { Mark } from '../../../components/line-chart-marks';
import type { Series } from '../../../components/line-chart-options';
import type { JobStatus, TrainingJob } from '../../../lib/types/lora-training';
import { eventTone, eventWords } from '../event-words';
import { heldOutOf, stepOf } from '../job-run';
import type { JobRun } from '../job-run';

type Axis = 'step' | 'tokens' | 'time';

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
const HEIGHT = 'h-[34vh] min-h-68';
const ENDED: readonly JobStatus[] = ['completed', 'failed', 'cancelled'];

/** Where a step lies on the chosen axis. */
export const positionOf = (run: JobRun, axis: Axis): ((step: number) => number) => {
  if (axis === 'step') return (step) => step;
  const started = run.points[0] ? new Date(run.points[0].timestamp).getTime() : 0;
  const places = run.points.map(({ step, tokens, timestamp }) => ({
    step,
    x: axis === 'tokens' ? tokens : (new Date(timestamp).getTime() - started) / 60_000,
  }));
  return (step) => places.findLast((place) => place.step <= step)?.x ?? 0;
};

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

const MOST_EVENTS = 5;
const MOST_LETTERS = 40;

const shortened = (words: string): string =>
  words.length > MOST_LETTERS ? `${words.slice(0, MOST_LETTERS - 1).trimEnd()}…` : words;

const lossMarks = (run: JobRun, axis: Axis, live: boolean): Mark[] => {
  const at = positionOf(run, axis);
  const last = run.points.at(-1);
  const events = run.events
    .filter((event) => event.event !== 'failed' && eventTone(event) !== 'neutral')
    .slice(-MOST_EVENTS);
  return [
    ...run.checkpoints.map(({ step, best, pruned }): Mark => ({
      kind: pruned ? 'pruned' : best ? 'best' : 'kept',
      x: at(step),
    })),
    ...events.map((event): Mark => ({
      kind: 'event',
      x: at(stepOf(run, event) ?? 0),
      label: shortened(eventWords(event)),
    })),
    ...(live && last ? nowMarks(run, at(last.step), last.step) : []),
  ];
};

/** Where the run stands, and what each curve says there. */
const nowMarks = (run: JobRun, x: number, step: number): Mark[] => {
  const training = run.points.findLast(({ training_loss }) => training_loss !== null)?.training_loss ?? null;
  const heldOut = heldOutOf(run).all.at(-1);
  return [
    { kind: 'now', x, label: `now, step ${formatCount(step)}` },
    ...(training === null
      ? []
      : [
          {
            kind: 'reading',
            x,
            y: training,
            other: heldOut?.loss ?? null,
            label: `training ${formatLoss(training)}`,
          } as const,
        ]),
    ...(heldOut
      ? [
          {
            kind: 'reading',
            x,
            y: heldOut.loss,
            other: training,
            label: `held-out ${formatLoss(heldOut.loss)} at step ${formatCount(heldOut.step)}`,
          } as const,
        ]
      : []),
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

export const LossPanel = ({
  job,
  run,
  live,
}: {
  readonly job: TrainingJob;
  readonly run: JobRun;
  readonly live: boolean;
}) => {
  const [axis, setAxis] = useState<Axis>('step');
  const [scale, setScale] = useState<'linear' | 'log'>('linear');
  const [chosen, setRadius] = useState<number | null>(null);
  const radius = chosen ?? (run.points.length < RADIUS * STEPS_A_RADIUS ? 0 : RADIUS);
  const [asTable, setAsTable] = useState(false);
  const series = useMemo(() => lossSeries(run, axis, radius), [run, axis, radius]);
  const marks = useMemo(() => lossMarks(run, axis, live), [run, axis, live]);
  return (
    <Panel
      title="Loss"
      plain
      actions={
        <>
          <Legend />
          <span>Smoothing</span>
          <Slider label="Smoothing" value={radius} max={50} onChange={setRadius} />
          <span className="w-16 font-medium text-ink">{radius === 0 ? 'none' : `± ${radius} steps`}</span>
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
        <p className={`${HEIGHT} p-4 text-ink-2`}>
          {ENDED.includes(job.status)
            ? 'The run ended before its first step.'
            : 'The curve begins with the first step.'}
        </p>
      ) : (
        <LineChart
          label="Loss"
          summary={summaryOf(run)}
          series={series}
          marks={marks}
          asTable={asTable}
          xUnit={UNITS[axis]}
          xMax={axis === 'step' ? (job.total_steps ?? undefined) : undefined}
          log={scale === 'log'}
          className={`${HEIGHT} px-2 pb-1`}
        />
      )}
    </Panel>
  );
};

const Legend = () => (
  <span aria-hidden className="mr-2 hidden items-center gap-3 narrow:flex">
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
  </span>
);
