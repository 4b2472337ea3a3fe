import { BarController, BarElement, Chart, LinearScale, Tooltip } from 'chart.js';
import type { ChartOptions } from 'chart.js';
import annotationPlugin from 'chartjs-plugin-annotation';
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import { useCallback } from 'react';
import { pixels, smallFont, token } from './chart-tokens';
import { formatCount } from './format';
import { histogramAxis } from './histogram-axis';
import type { Bins } from './histogram-axis';
import { useChart } from './use-chart';

Chart.register(BarController, BarElement, LinearScale, Tooltip, annotationPlugin);

/** A place on the x axis with its words. */
interface Place {
  readonly at: number;
  readonly label: string;
}

/** A place beyond which values are marked, where those lose something. */
interface Limit extends Place {
  readonly isLoss: boolean;
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
  /** Where one of those that were counted stands; null while that is not known, for its words need their place. */
  readonly here?: Place | null;
  readonly className: string;
}

export const Histogram = ({ label, summary, bins, unit, limit, here, className }: HistogramProps) => (
  <figure aria-label={label} className={className}>
    <figcaption className="sr-only">{summary}</figcaption>
    <Bars bins={bins} unit={unit} limit={limit} here={here} />
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

/** Words stand above the bars, those of the limit above those of a single one: on a bar they would cut it in two. */
const ROW_OF_WORDS = 16;
const ABOVE_BARS = 4;

interface Bar {
  readonly x: number;
  /** No bar at all where nothing is: the shortest bar would say that something was. */
  readonly y: number | null;
}

type BarsProps = Pick<HistogramProps, 'bins' | 'unit' | 'limit' | 'here'>;

const Bars = ({ bins, unit, limit, here }: BarsProps) => {
  const draw = useCallback(() => {
    const shown = { bins, unit, limit, here };
    return { options: histogramOptions(shown), data: { datasets: [barsOf(shown)] } };
  }, [bins, unit, limit, here]);
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
    token(limit?.isLoss === true && middle(bins, index) > limit.at ? '--bad-fill' : '--line-control'),
  ),
});

export const histogramOptions = ({ bins, unit, limit, here }: BarsProps): ChartOptions<'bar'> => {
  const numbers = { color: () => token('--text-3'), font: smallFont() };
  const isLimitRaised = limit !== undefined && here !== undefined;
  const { min, max, ticks } = histogramAxis(
    bins,
    [limit, here].flatMap((place) => (place ? [place.at] : [])),
  );
  return {
    animation: false,
    parsing: false,
    responsive: true,
    maintainAspectRatio: false,
    layout: { padding: { top: ABOVE_BARS + ROW_OF_WORDS * (isLimitRaised ? 2 : 1), right: 16 } },
    scales: {
      x: {
        type: 'linear',
        min,
        max,
        offset: false,
        grid: { display: false },
        border: { color: token('--chart-axis') },
        afterBuildTicks: (axis) => {
          axis.ticks = ticks.map((value) => ({ value }));
        },
        ticks: {
          ...numbers,
          callback: (value, index, all) =>
            index === all.length - 1 ? `${whole(Number(value))} ${unit}` : whole(Number(value)),
        },
      },
      y: {
        type: 'linear',
        beginAtZero: true,
        border: { color: token('--chart-axis') },
        grid: { color: token('--chart-grid'), drawTicks: false },
        ticks: { ...numbers, maxTicksLimit: 4, precision: 0, padding: pixels('--space-2') },
      },
    },
    plugins: {
      tooltip: tooltipOf(bins, unit),
      annotation: {
        clip: false,
        annotations: {
          ...(limit && limitMark(limit, isLimitRaised ? ROW_OF_WORDS : 0)),
          ...(here && hereMark(here)),
        },
      },
    },
  };
};

interface Drawn {
  readonly chart: Chart;
}

/** Words beside a place: on its left where there is no room for them on its right. */
const wordsBeside = ({ at, label }: Place) => {
  const turns = ({ chart }: Drawn): boolean => {
    const { family, size } = smallFont();
    chart.ctx.save();
    chart.ctx.font = `${size}px ${family}`;
    const { width } = chart.ctx.measureText(label);
    chart.ctx.restore();
    const left = chart.scales['x']?.getPixelForValue(at) ?? 0;
    return left + width + pixels('--space-4') > chart.width;
  };
  return {
    type: 'label' as const,
    // What is marked begins at the top of the bars; it does not raise it.
    adjustScaleRange: false,
    xValue: at,
    xAdjust: (drawn: Drawn) => (turns(drawn) ? -1 : 1) * pixels('--space-2'),
    content: label,
    backgroundColor: () => token('--surface-2'),
    font: smallFont(),
    padding: 2,
    side: (drawn: Drawn) => (turns(drawn) ? ('end' as const) : ('start' as const)),
  };
};

const topOf = ({ chart }: Drawn): number => chart.scales['y']?.max ?? 0;

/** A line with its head and its words. */
const hereMark = (place: Place): Record<string, AnnotationOptions> => {
  const { at } = place;
  const { side, ...words } = wordsBeside(place);
  return {
    here: {
      type: 'line',
      adjustScaleRange: false,
      xMin: at,
      xMax: at,
      yMin: 0,
      yMax: topOf,
      borderColor: () => token('--text-1'),
      borderWidth: 1,
    },
    hereHead: {
      type: 'point',
      adjustScaleRange: false,
      xValue: at,
      yValue: topOf,
      yAdjust: -ABOVE_BARS,
      pointStyle: 'triangle',
      rotation: 180,
      radius: 4,
      borderWidth: 0,
      backgroundColor: () => token('--text-1'),
    },
    hereWords: {
      ...words,
      yValue: topOf,
      position: (drawn) => ({ x: side(drawn), y: 'end' }),
      color: () => token('--text-1'),
    },
  };
};

/** A dashed line, with its words so many pixels above the bars. */
const limitMark = (place: Limit, above: number): Record<string, AnnotationOptions> => {
  const { side, ...words } = wordsBeside(place);
  const color = () => token(place.isLoss ? '--bad' : '--text-2');
  return {
    limit: {
      type: 'line',
      xMin: place.at,
      xMax: place.at,
      borderColor: color,
      borderWidth: 1,
      borderDash: [3, 3],
    },
    limitWords: {
      ...words,
      yValue: topOf,
      yAdjust: -above,
      position: (drawn) => ({ x: side(drawn), y: 'end' }),
      color,
    },
  };
};

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
