import { BarController, BarElement, Chart, LinearScale, Tooltip } from 'chart.js';
import type { ChartOptions } from 'chart.js';
import annotationPlugin from 'chartjs-plugin-annotation';
import { useCallback } from 'react';
import { pixels, smallFont, token } from './chart-tokens';
import { formatCount } from './format';
import { useChart } from './use-chart';

Chart.register(BarController, BarElement, LinearScale, Tooltip, annotationPlugin);

/** `counts[i]` lie between `edges[i]` and `edges[i + 1]`. */
interface Bins {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

interface Limit {
  readonly at: number;
  readonly label: string;
}

interface HistogramProps {
  readonly label: string;
  /** One sentence for those who cannot see the bars. */
  readonly summary: string;
  readonly bins: Bins;
  /** The unit along the x axis, as a plural: `tokens`. */
  readonly unit: string;
  /** What is beyond it is marked; not drawn where nothing is. */
  readonly limit?: Limit | undefined;
  readonly className: string;
}

export const Histogram = ({ label, summary, bins, unit, limit, className }: HistogramProps) => (
  <figure aria-label={label} className={className}>
    <figcaption className="sr-only">{summary}</figcaption>
    <Bars bins={bins} unit={unit} limit={limit} />
    <BinTable label={label} bins={bins} unit={unit} />
  </figure>
);

const whole = (value: number): string => formatCount(Math.round(value));

const BinTable = ({ label, bins, unit }: Pick<HistogramProps, 'label' | 'bins' | 'unit'>) => (
  <div className="sr-only">
    <table aria-label={`${label}, as a table`}>
      <thead>
        <tr>
          <th scope="col">{unit}</th>
          <th scope="col">records</th>
        </tr>
      </thead>
      <tbody>
        {bins.counts.map((count, index) =>
          count === 0 ? null : (
            <tr key={index}>
              <td>{`${whole(bins.edges[index] ?? 0)} to ${whole(bins.edges[index + 1] ?? 0)}`}</td>
              <td>{formatCount(count)}</td>
            </tr>
          ),
        )}
      </tbody>
    </table>
  </div>
);

interface Bar {
  readonly x: number;
  /** No bar at all where nothing is: the shortest bar would say that something was. */
  readonly y: number | null;
}

type BarsProps = Pick<HistogramProps, 'bins' | 'unit' | 'limit'>;

const Bars = ({ bins, unit, limit }: BarsProps) => {
  const draw = useCallback(() => {
    const shown = { bins, unit, limit };
    return { options: optionsOf(shown), data: { datasets: [barsOf(shown)] } };
  }, [bins, unit, limit]);
  const canvas = useChart<'bar', Bar[]>('bar', draw);
  return (
    <div className="relative h-full">
      <canvas ref={canvas} aria-hidden className="absolute inset-0" />
    </div>
  );
};

const middle = ({ edges }: Bins, index: number): number =>
  ((edges[index] ?? 0) + (edges[index + 1] ?? 0)) / 2;

const barsOf = ({ bins, limit }: BarsProps) => ({
  data: bins.counts.map((count, index) => ({ x: middle(bins, index), y: count > 0 ? count : null })),
  parsing: false as const,
  grouped: false,
  barPercentage: 0.94,
  categoryPercentage: 1,
  borderRadius: 1,
  // One record among thousands is still seen.
  minBarLength: 2,
  backgroundColor: bins.counts.map((_, index) =>
    token(limit && middle(bins, index) > limit.at ? '--bad-fill' : '--line-control'),
  ),
});

const optionsOf = ({ bins, unit, limit }: BarsProps): ChartOptions<'bar'> => {
  const ticks = { color: () => token('--text-3'), maxTicksLimit: 8, font: smallFont() };
  return {
    animation: false,
    parsing: false,
    responsive: true,
    maintainAspectRatio: false,
    layout: { padding: { top: 20, right: 16 } },
    scales: {
      x: {
        type: 'linear',
        min: 0,
        max: bins.edges.at(-1) ?? 1,
        offset: false,
        grid: { display: false },
        border: { color: token('--chart-axis') },
        ticks: {
          ...ticks,
          includeBounds: false,
          callback: (value, index, all) =>
            index === all.length - 1 ? `${whole(Number(value))} ${unit}` : whole(Number(value)),
        },
      },
      y: {
        type: 'linear',
        beginAtZero: true,
        border: { color: token('--chart-axis') },
        grid: { color: token('--chart-grid'), drawTicks: false },
        ticks: { ...ticks, maxTicksLimit: 4, precision: 0, padding: pixels('--space-2') },
      },
    },
    plugins: {
      tooltip: tooltipOf(bins, unit),
      annotation: { clip: false, annotations: limit ? { limit: limitLine(limit) } : {} },
    },
  };
};

const limitLine = ({ at, label }: Limit) => ({
  type: 'line' as const,
  xMin: at,
  xMax: at,
  borderColor: token('--bad'),
  borderWidth: 1,
  borderDash: [3, 3],
  label: {
    display: true,
    content: label,
    position: 'end' as const,
    yAdjust: -pixels('--space-5'),
    color: token('--bad'),
    backgroundColor: token('--surface-2'),
    font: smallFont(),
    padding: 2,
  },
});

const tooltipOf = (bins: Bins, unit: string): NonNullable<ChartOptions<'bar'>['plugins']>['tooltip'] => ({
  backgroundColor: () => token('--surface-2'),
  borderColor: () => token('--line-strong'),
  borderWidth: 1,
  cornerRadius: pixels('--radius-lg'),
  titleColor: () => token('--text-2'),
  bodyColor: () => token('--text-1'),
  bodyFont: smallFont(),
  titleFont: smallFont(),
  displayColors: false,
  callbacks: {
    title: ([item]) => {
      const index = item?.dataIndex ?? 0;
      return `${whole(bins.edges[index] ?? 0)} to ${whole(bins.edges[index + 1] ?? 0)} ${unit}`;
    },
    label: (item) => `${formatCount(item.parsed.y ?? 0)} records`,
  },
});
