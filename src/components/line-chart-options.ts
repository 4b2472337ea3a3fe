import type { ChartDataset, ChartOptions } from 'chart.js';
import { dashOf, pixels, seriesColour, smallFont, token } from './chart-tokens';
import type { SeriesNumber } from './chart-tokens';
import type { Point } from './downsample';
import { annotationsOf } from './line-chart-marks';
import type { Mark } from './line-chart-marks';

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /** Colour and dash; held-out is always 2. */
  readonly number: SeriesNumber;
  /** The raw values behind a smoothed line. */
  readonly faint?: boolean;
  readonly dots?: boolean;
}

export interface ChartLook {
  /** The unit along the x axis, as a plural: `steps`. */
  readonly xUnit: string;
  readonly xMax?: number;
  readonly log?: boolean;
  readonly marks?: readonly Mark[];
  readonly bare?: boolean;
}

const DOT_RADIUS = 4;

const faded = (colour: string): string => colour.replace(')', ' / 0.35)');

export const formatAlong = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: 1 });

export const toDataset = ({ name, points, number, faint, dots }: Series): ChartDataset<'line'> => ({
  label: name,
  data: points.map(({ x, y }) => ({ x, y })),
  parsing: false,
  borderColor: faint ? faded(seriesColour(number)) : seriesColour(number),
  borderWidth: faint ? 1 : 2,
  borderDash: faint ? [] : dashOf(number),
  clip: dots ? DOT_RADIUS * 2 : 0,
  pointRadius: dots ? DOT_RADIUS : 0,
  pointHoverRadius: DOT_RADIUS,
  pointBorderWidth: 2,
  pointBorderColor: () => seriesColour(number),
  pointHoverBorderColor: () => seriesColour(number),
  pointBackgroundColor: () => token('--surface-2'),
  pointHoverBackgroundColor: () => token('--surface-2'),
  spanGaps: false,
});

export const chartOptions = (look: ChartLook): ChartOptions<'line'> => {
  const values = {
    border: { display: !look.bare, color: token('--chart-axis') },
    ticks: ticks(look),
    grid: { display: !look.bare, color: token('--chart-grid'), drawTicks: false },
  };
  return {
    animation: false,
    parsing: false,
    normalized: true,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: 'nearest', axis: 'x', intersect: false },
    layout: { padding: look.bare ? { top: 2 } : { top: 20, right: 16, left: 8 } },
    scales: {
      x: {
        type: 'linear',
        min: 0,
        max: look.xMax,
        border: { display: true, color: token('--chart-axis') },
        grid: { display: false },
        ticks: {
          ...ticks(look),
          align: 'inner',
          padding: pixels('--space-2'),
          callback: (value, index, all) =>
            index === all.length - 1
              ? `${formatAlong(Number(value))} ${look.xUnit}`
              : formatAlong(Number(value)),
        },
      },
      y: look.log ? { type: 'logarithmic', ...values } : { type: 'linear', ...values },
    },
    plugins: {
      tooltip: tooltip(look),
      annotation: { clip: false, annotations: annotationsOf(look.marks ?? []) },
    },
  };
};

const ticks = ({ bare }: ChartLook) => ({
  display: !bare,
  color: () => token('--text-3'),
  maxTicksLimit: 8,
  font: smallFont(),
});

const tooltip = (look: ChartLook): NonNullable<ChartOptions<'line'>['plugins']>['tooltip'] => ({
  backgroundColor: () => token('--surface-2'),
  borderColor: () => token('--line-strong'),
  borderWidth: 1,
  cornerRadius: pixels('--radius-lg'),
  titleColor: () => token('--text-2'),
  bodyColor: () => token('--text-1'),
  bodyFont: smallFont(),
  titleFont: smallFont(),
  padding: pixels('--space-3'),
  boxWidth: pixels('--space-3'),
  boxHeight: 2,
  multiKeyBackground: token('--surface-2'),
  callbacks: {
    title: ([item]) => (item ? `at ${formatAlong(item.parsed.x ?? 0)} ${look.xUnit}` : ''),
    labelColor: ({ dataset }) => {
      const colour = typeof dataset.borderColor === 'string' ? dataset.borderColor : '';
      return { borderColor: colour, backgroundColor: colour };
    },
    label: (item) => ` ${item.dataset.label ?? ''}  ${(item.parsed.y ?? Number.NaN).toPrecision(4)}`,
  },
});
