import type { ChartDataset, ChartOptions } from 'chart.js';
import { dashOf, pixels, seriesColour, smallFont, token } from './chart-tokens';
import type { SeriesNumber } from './chart-tokens';
import type { Point } from './downsample';
import { annotationsOf } from './line-chart-marks';
import type { Mark } from './line-chart-marks';
import type { Range } from './chart-range';

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
  /** Higher values are cut off and named by a mark. */
  readonly yMax?: number;
  /** The part of the x axis that is shown; the whole where there is none. */
  readonly range?: Range | null;
  /** What the hover says of a place on the x axis, where its number is not enough. */
  readonly titleOf?: (x: number) => string;
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
        min: look.range?.min ?? 0,
        max: look.range?.max ?? look.xMax,
        border: { display: true, color: token('--chart-axis') },
        // The room under the axis is that of the checkpoints.
        grid: { display: false, tickLength: look.bare ? 0 : pixels('--space-5') },
        ticks: {
          ...ticks(look),
          padding: 0,
          callback: (value, index, all) =>
            index === all.length - 1
              ? `${formatAlong(Number(value))} ${look.xUnit}`
              : formatAlong(Number(value)),
        },
      },
      y: look.log
        ? { type: 'logarithmic', ...values }
        : { type: 'linear', min: look.bare ? 0 : undefined, max: look.yMax, ...values },
    },
    plugins: {
      tooltip: tooltip(look),
      annotation: { clip: false, annotations: annotationsOf(marksInView(look)) },
    },
  };
};

const marksInView = ({ marks = [], range }: ChartLook): readonly Mark[] =>
  range ? marks.filter(({ x }) => x >= range.min && x <= range.max) : marks;

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
    title: ([item]) => (item ? titleAt(look, item.parsed.x ?? 0) : ''),
    labelColor: ({ dataset }) => {
      const colour = typeof dataset.borderColor === 'string' ? dataset.borderColor : '';
      return { borderColor: colour, backgroundColor: colour };
    },
    label: (item) => ` ${item.dataset.label ?? ''}  ${(item.parsed.y ?? Number.NaN).toPrecision(4)}`,
  },
});

const titleAt = ({ titleOf, xUnit }: ChartLook, x: number): string =>
  titleOf?.(x) ?? `at ${formatAlong(x)} ${xUnit}`;
