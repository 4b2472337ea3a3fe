import { useMemo } from 'react';
import { formatCount, formatRate, NOTHING } from '../../../components/format';
import { LineChart } from '../../../components/line-chart';
import type { Point } from '../../../components/downsample';
import type { Mark } from '../../../components/line-chart-marks';
import type { Series } from '../../../components/line-chart-options';
import { plannedRate } from '../../../lib/training/schedule';
import type { MetricsPoint } from '../../../lib/types/job-records';
import type { TrainingJob } from '../../../lib/types/lora-training';
import type { JobRun } from '../job-run';
import { scaleOf } from './small-scale';

interface Small {
  readonly label: string;
  readonly of: (point: MetricsPoint) => number | null;
  readonly words: (value: number) => string;
  /** What the settings plan for a step, where they plan it at all. */
  readonly planOf?: (job: TrainingJob, totalSteps: number) => (step: number) => number;
}

const CHARTS: readonly Small[] = [
  {
    label: 'Learning rate',
    of: ({ learning_rate }) => learning_rate,
    words: formatRate,
    planOf: ({ hyperparameters }, totalSteps) => plannedRate(hyperparameters, totalSteps),
  },
  { label: 'Gradient norm', of: ({ gradient_norm }) => gradient_norm, words: (value) => value.toFixed(2) },
  { label: 'Speed', of: ({ throughput }) => throughput, words: (value) => `${formatCount(value)} tokens/s` },
  {
    label: 'Card',
    of: ({ gpu_utilization }) => gpu_utilization,
    words: (value) => `${value.toFixed(0)} % busy`,
  },
];

export const SmallCharts = ({ job, run }: { readonly job: TrainingJob; readonly run: JobRun }) => {
  const charts = CHARTS.filter(({ label }) => label !== 'Card' || job.gpu_config.num_gpus > 0);
  return (
    <div className="grid shrink-0 grid-cols-1 gap-3 medium:auto-cols-fr medium:grid-flow-col medium:grid-cols-none">
      {charts.map((chart) => (
        <SmallChart key={chart.label} chart={chart} job={job} run={run} />
      ))}
    </div>
  );
};

interface SmallChartProps {
  readonly chart: Small;
  readonly job: TrainingJob;
  readonly run: JobRun;
}

const SmallChart = ({ chart, job, run }: SmallChartProps) => {
  const curves = useMemo(() => curvesOf({ chart, job, run }), [chart, job, run]);
  const { top, spikes } = useMemo(() => scaleOf(curves.map(({ points }) => points)), [curves]);
  const [last, reached] = [curves[0]?.points.at(-1), run.points.at(-1)?.step];
  const value = last ? chart.words(last.y) : NOTHING;
  const marks = useMemo<readonly Mark[]>(
    () => [
      ...spikes.map(({ x, y }) => ({ kind: 'spike', x, label: chart.words(y) }) as const),
      ...(reached === undefined || job.status === 'completed' ? [] : [{ kind: 'now', x: reached } as const]),
    ],
    [spikes, chart, reached, job.status],
  );
  return (
    <section aria-label={chart.label} className="min-w-0 rounded-lg border bg-surface-2 px-3 py-2">
      <div className="flex justify-between gap-2 text-xs">
        <h2 className="text-ink-2">{chart.label}</h2>
        <span className="font-medium">{value}</span>
      </div>
      <LineChart
        bare
        label={chart.label}
        summary={`${chart.label} is ${value} at step ${last?.x ?? 0}.`}
        series={curves}
        xUnit="steps"
        xMax={job.total_steps ?? undefined}
        yMax={top}
        marks={marks}
        className="h-12"
      />
    </section>
  );
};

/** What was measured, and dotted what is planned from there to the end. */
const curvesOf = ({ chart, job, run }: SmallChartProps): Series[] => {
  const measured: Series = {
    name: chart.label,
    number: 1,
    points: run.points.flatMap((point) => {
      const y = chart.of(point);
      return y === null ? [] : [{ x: point.step, y }];
    }),
  };
  if (!chart.planOf || job.total_steps === null || job.status === 'completed') return [measured];
  const plan = chart.planOf(job, job.total_steps);
  const points = plannedPoints(plan, job.total_steps, measured.points.at(-1));
  return [measured, { name: `${chart.label}, planned`, number: 1, points, planned: true }];
};

/** As many as the width of a small chart can show. */
const MOST_PLANNED = 200;

/** The plan from the last point on, at the height where the run is: a rate that was lowered stays so. */
const plannedPoints = (
  plan: (step: number) => number,
  totalSteps: number,
  last: Point | undefined,
): readonly Point[] => {
  const from = last?.x ?? 1;
  const factor = last && plan(last.x) > 0 ? last.y / plan(last.x) : 1;
  const stride = Math.max(1, Math.ceil((totalSteps - from) / MOST_PLANNED));
  const count = Math.max(0, Math.floor((totalSteps - from) / stride)) + 1;
  const steps = Array.from({ length: count }, (_, index) => from + index * stride);
  const whole = steps.at(-1) === totalSteps ? steps : [...steps, totalSteps];
  return whole.map((step) => ({ x: step, y: factor * plan(step) }));
};
