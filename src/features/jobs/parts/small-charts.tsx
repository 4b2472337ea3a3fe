import { useMemo } from 'react';
import { formatCount, formatRate, NOTHING } from '../../../components/format';
import { LineChart } from '../../../components/line-chart';
import type { Point } from '../../../components/downsample';
import type { Mark } from '../../../components/line-chart-marks';
import type { Series } from '../../../components/line-chart-options';
import type { MetricsPoint } from '../../../lib/types/job-records';
import type { TrainingJob } from '../../../lib/types/lora-training';
import type { JobRun } from '../job-run';

interface Small {
  readonly label: string;
  readonly of: (point: MetricsPoint) => number | null;
  readonly words: (value: number) => string;
}

const CHARTS: readonly Small[] = [
  { label: 'Learning rate', of: ({ learning_rate }) => learning_rate, words: formatRate },
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
        <SmallChart key={chart.label} chart={chart} run={run} totalSteps={job.total_steps} />
      ))}
    </div>
  );
};

const SmallChart = ({
  chart,
  run,
  totalSteps,
}: {
  readonly chart: Small;
  readonly run: JobRun;
  readonly totalSteps: number | null;
}) => {
  const series = useMemo<Series[]>(
    () => [
      {
        name: chart.label,
        number: 1,
        points: run.points.flatMap((point) => {
          const y = chart.of(point);
          return y === null ? [] : [{ x: point.step, y }];
        }),
      },
    ],
    [chart, run.points],
  );
  const limit = useMemo(() => spikeLimit(series[0]?.points ?? []), [series]);
  const last = series[0]?.points.at(-1);
  const value = last ? chart.words(last.y) : NOTHING;
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
        series={series}
        xUnit="steps"
        xMax={totalSteps ?? undefined}
        yMax={limit}
        marks={limit === undefined ? [] : spikesOver(limit, series[0]?.points ?? [], chart.words)}
        className="mt-1 h-11"
      />
    </section>
  );
};

const SPIKE = 3;
const MOST_SPIKES = 2;

/** Where a curve is cut so that one spike does not flatten it; undefined where there is none. */
const spikeLimit = (points: readonly Point[]): number | undefined => {
  const values = points.map(({ y }) => y).toSorted((one, other) => one - other);
  const usual = values[Math.floor(values.length * 0.95)] ?? 0;
  const highest = values.at(-1) ?? 0;
  return usual > 0 && highest > usual * SPIKE ? usual * 1.4 : undefined;
};

const spikesOver = (
  limit: number,
  points: readonly Point[],
  words: (value: number) => string,
): readonly Mark[] =>
  points
    .filter(({ y }) => y > limit)
    .toSorted((one, other) => other.y - one.y)
    .slice(0, MOST_SPIKES)
    .map(({ x, y }) => ({ kind: 'spike', x, label: words(y) }));
