import { Table } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { IconButton } from '../../../components/button';
import { Segments, Slider } from '../../../components/fields';
import { formatCount, formatLoss } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { LineChart } from '../../../components/line-chart';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { heldOutOf } from '../job-run';
import type { JobRun } from '../job-run';
import { hasEnded, isRunning } from '../job-words';
import { lossCurves } from '../loss-curves';
import type { Axis } from '../loss-curves';
import { epochAlong, lossReadings } from '../loss-readings';
import { epochsOf } from '../plan-words';
import { LossLegend } from './loss-legend';
import { lossMarks } from './loss-marks';
import { SaveMenu } from './loss-save';

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
/** Grows with the window; at 1280 × 800 the whole page stays in view. */
const HEIGHT = 'h-[clamp(15.25rem,calc(100vh-34rem),32rem)]';
/**
 * Below a sentence on what became of the run: as high as the window allows with all below it in view,
 * but in a low one the small charts, which come last, leave it their room.
 */
const BELOW_OUTCOME = 'h-[clamp(13rem,max(calc(100vh-38.5rem),min(19rem,calc(100vh-31rem))),32rem)]';
/** Below that of a pause or a break, which has two lines. */
const BELOW_STOP = 'h-[clamp(13rem,max(calc(100vh-38.75rem),min(18rem,calc(100vh-32rem))),32rem)]';
/** Below that of a failure, which has its details. */
const BELOW_FAILURE = 'h-[clamp(13rem,max(calc(100vh-40.5rem),min(16rem,calc(100vh-34.75rem))),32rem)]';

const heightOf = (job: TrainingJob): string => {
  if (job.status === 'failed') return BELOW_FAILURE;
  if (job.status === 'queued' || isRunning(job)) return HEIGHT;
  return hasEnded(job) ? BELOW_OUTCOME : BELOW_STOP;
};

/** Before the first step; null where the plan is known and can be drawn. */
const noChartWords = (job: TrainingJob): string | null => {
  if (hasEnded(job)) return 'The run ended before its first step.';
  return job.total_steps === null ? 'The curve begins with the first step.' : null;
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

export const LossPanel = ({ job, run }: { readonly job: TrainingJob; readonly run: JobRun }) => {
  const [axis, setAxis] = useState<Axis>('step');
  const [scale, setScale] = useState<'linear' | 'log'>('linear');
  const [chosen, setRadius] = useState<number | null>(null);
  const [asTable, setAsTable] = useState(false);
  const frame = useRef<HTMLElement>(null);
  const radius = chosen ?? (run.points.length < RADIUS * STEPS_A_RADIUS ? 0 : RADIUS);
  const height = heightOf(job);
  const curves = useMemo(() => lossCurves(run, axis, radius), [run, axis, radius]);
  const marks = useMemo(() => lossMarks(job, run, { axis, curves }), [job, run, axis, curves]);
  const epochAt = useMemo(() => epochsOf(job), [job]);
  const readingAt = useMemo(() => lossReadings(run, { axis, curves, epochAt }), [run, axis, curves, epochAt]);
  const says = summaryOf(run);
  const none = run.points.length === 0 ? noChartWords(job) : null;
  return (
    <Panel
      title="Loss"
      plain
      beside={<LossLegend curves={curves} marks={marks} />}
      actions={
        run.points.length === 0 ? null : (
          <>
            <Smoothing radius={radius} onChange={setRadius} />
            <Segments label="Along" value={axis} options={AXES} onChange={setAxis} />
            <Segments label="Scale" value={scale} options={SCALES} onChange={setScale} />
            <span className="flex gap-1">
              <IconButton
                small
                icon={Table}
                label={asTable ? 'Show as a chart' : 'Show as a table'}
                aria-pressed={asTable}
                onClick={() => setAsTable(!asTable)}
              />
              <SaveMenu name={job.name} run={run} says={says} frame={() => frame.current} />
            </span>
          </>
        )
      }
    >
      {none ? (
        <p className={`${height} p-4 text-ink-2`}>{none}</p>
      ) : (
        <LineChart
          ref={frame}
          label="Loss"
          summary={says}
          series={curves}
          marks={marks}
          readingAt={readingAt}
          asTable={asTable}
          also={epochAt ? { name: 'epoch', at: epochAlong(run, axis, epochAt) } : undefined}
          xUnit={UNITS[axis]}
          xWhole={axis !== 'time'}
          xMax={axis === 'step' ? (job.total_steps ?? undefined) : undefined}
          log={scale === 'log'}
          className={`${height} px-2 pb-1`}
        />
      )}
    </Panel>
  );
};

const Smoothing = ({
  radius,
  onChange,
}: {
  readonly radius: number;
  readonly onChange: (radius: number) => void;
}) => (
  <>
    <span>Smoothing</span>
    <Slider label="Smoothing" value={radius} max={50} onChange={onChange} />
    <span className="w-16 font-medium whitespace-nowrap text-ink tabular-nums">
      {radius === 0 ? 'none' : `± ${radius} steps`}
    </span>
  </>
);
