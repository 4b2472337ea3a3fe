import type { ChartDataset, ChartOptions } from 'chart.js';
import { dashOf, pixels, seriesColour, smallFont, token, widthOf } from './chart-tokens';
import type { SeriesNumber } from './chart-tokens';
import type { Point } from './downsample';
import { formatRate } from './format';
import { annotationsOf } from './line-chart-marks';
import { readingWidth } from './line-chart-readings';
import type { Mark } from './line-chart-marks';
import type { Range } from './chart-range';
import { formatOnScale } from './value-scale';
import type { ValueScale } from './value-scale';

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /** Colour and dash; held-out is always 2. */
  readonly number: SeriesNumber;
  /** The raw values behind a smoothed line. */
  readonly faint?: boolean;
  readonly dots?: boolean;
  /** What is to come by plan: dotted, in no series' colour. */
  readonly planned?: boolean;
}

export interface ChartLook {
  /** The unit along the x axis, as a plural: `steps`. */
  readonly xUnit: string;
  /** Nothing lies between two numbers of the x axis. */
  readonly xWhole?: boolean;
  readonly xMax?: number;
  /** Of an axis of rates: its ends, between which every power of ten has the same width. */
  readonly xPowers?: Range;
  /** Higher values are cut off and named by a mark. */
  readonly yMax?: number;
  /** The part of the x axis that is shown; the whole where there is none. */
  readonly range?: Range | null;
  /** The frame says what the curves are where the pointer is; the chart itself says nothing. */
  readonly reads?: boolean;
  readonly log?: boolean;
  readonly marks?: readonly Mark[];
  readonly bare?: boolean;
  /** What the value axis shows of a chart with numbers; where it is left to the values, null. */
  readonly values?: ValueScale | null;
  /** Nothing is measured yet: the values have no scale to name. */
  readonly unmeasured?: boolean;
}

const DOT_RADIUS = 4;

const faded = (colour: string): string => colour.replace(')', ' / 0.35)');

export const formatAlong = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: 1 });

/** A place of the x axis in words. */
export const alongOf = ({ xPowers }: Pick<ChartLook, 'xPowers'>): ((value: number) => string) =>
  xPowers ? formatRate : formatAlong;

/** As far apart as the dots of what is planned lie. */
const PLANNED_DASH = [2, 3];

const lineOf = ({ number, faint, planned }: Series) => {
  if (planned) return { borderColor: token('--text-3'), borderWidth: 1.5, borderDash: PLANNED_DASH };
  const colour = seriesColour(number);
  return faint
    ? { borderColor: faded(colour), borderWidth: 1, borderDash: [] }
    : { borderColor: colour, borderWidth: 2, borderDash: dashOf(number) };
};

export const toDataset = (series: Series): ChartDataset<'line'> => ({
  label: series.name,
  data: series.points.map(({ x, y }) => ({ x, y })),
  parsing: false,
  ...lineOf(series),
  clip: series.dots ? DOT_RADIUS * 2 : 0,
  pointRadius: series.dots ? DOT_RADIUS : 0,
  pointHoverRadius: DOT_RADIUS,
  pointBorderWidth: 2,
  pointBorderColor: () => seriesColour(series.number),
  pointHoverBorderColor: () => seriesColour(series.number),
  pointBackgroundColor: () => token('--surface-2'),
  pointHoverBackgroundColor: () => token('--surface-2'),
  spanGaps: false,
});

/** As wide as the values will be, so that nothing moves when they come. */
const ROOM_OF_A_NUMBER = '\u2007\u2007';

export const chartOptions = (look: ChartLook): ChartOptions<'line'> => {
  const values = {
    border: { display: !look.bare, color: token('--chart-axis') },
    ticks: valueTicks(look),
    grid: { display: !look.bare, color: token('--chart-grid'), drawTicks: false },
  };
  return {
    animation: false,
    parsing: false,
    normalized: true,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: 'nearest', axis: 'x', intersect: false },
    layout: {
      padding: look.bare
        ? // The axis is drawn on its last pixel, which has to lie inside.
          { top: pixels('--space-3'), bottom: 1 }
        : ({ chart }) => ({ top: 20, right: roomAtTheEnd(look, chart.width), left: 8 }),
    },
    scales: {
      x: look.xPowers ? powersAxis(look, look.xPowers) : stepsAxis(look),
      y: look.log ? { type: 'logarithmic', ...values } : { type: 'linear', ...values, ...limitsOf(look) },
    },
    plugins: {
      tooltip: look.reads ? { enabled: false } : tooltip(look),
      annotation: { clip: false, annotations: annotationsOf(marksInView(look)) },
    },
  };
};

type XAxis = NonNullable<ChartOptions<'line'>['scales']>['x'];

const stepsAxis = (look: ChartLook): XAxis => ({
  type: 'linear',
  min: look.range?.min ?? 0,
  max: look.range?.max ?? look.xMax,
  border: { display: true, color: token('--chart-axis') },
  // The room under the axis is that of the checkpoints.
  grid: { display: false, tickLength: look.bare ? 0 : pixels('--space-5') },
  ticks: {
    ...ticks(look),
    ...(look.xWhole ? { precision: 0 } : {}),
    align: 'inner',
    padding: 0,
    callback: (value, index, all) =>
      index === all.length - 1 ? lastAlong(Number(value), look) : formatAlong(Number(value)),
  },
  afterBuildTicks: (axis) => {
    axis.ticks = clearOfLast(axis.ticks, { look, width: axis.width });
  },
});

const isPowerOfTen = (value: number): boolean => Number.isInteger(Number(Math.log10(value).toFixed(6)));

const powersAxis = (look: ChartLook, { min, max }: Range): XAxis => ({
  type: 'logarithmic',
  min,
  max,
  border: { display: true, color: token('--chart-axis') },
  grid: { display: false, tickLength: pixels('--space-2') },
  ticks: { ...ticks(look), callback: (value) => formatRate(Number(value)) },
  afterBuildTicks: (axis) => {
    axis.ticks = axis.ticks.filter(({ value }) => isPowerOfTen(value));
  },
});

const lastAlong = (value: number, { xUnit }: ChartLook): string => `${formatAlong(value)} ${xUnit}`;

/** Between two numbers of an axis. */
const BETWEEN = 12;

interface Tick {
  readonly value: number;
}

/** The last number has its unit and ends with the axis: what would run into it is left out. */
export const clearOfLast = <Each extends Tick>(
  all: readonly Each[],
  { look, width }: { readonly look: ChartLook; readonly width: number },
): Each[] => {
  const [first, last] = [all[0]?.value ?? 0, all.at(-1)?.value ?? 0];
  const words = widthOf(lastAlong(last, look)) + BETWEEN;
  return all.filter(({ value }, index) => {
    if (index === 0 || index === all.length - 1) return true;
    const toTheEnd = (width * (last - value)) / (last - first);
    return toTheEnd >= words + widthOf(formatAlong(value)) / 2;
  });
};

/** Left of the axis: its numbers and the padding, as they mostly are. */
const BEFORE_THE_AXIS = 48;

/** Right of the axis: what the names at the ends of the curves need beyond what the axis leaves them. */
const roomAtTheEnd = (look: ChartLook, width: number): number => {
  const { min, max } = look.range ?? { min: 0, max: look.xMax ?? 0 };
  const rooms = marksInView(look).flatMap((mark) => {
    if (mark.kind !== 'reading') return [];
    const share = (mark.x - min) / (max - min);
    if (!(share > 0)) return [];
    return [(readingWidth(mark.label) - (1 - share) * (width - BEFORE_THE_AXIS)) / share];
  });
  return Math.max(pixels('--space-2'), ...rooms);
};

const marksInView = ({ marks = [], range }: ChartLook): readonly Mark[] =>
  range ? marks.filter(({ x }) => x >= range.min && x <= range.max) : marks;

const ticks = ({ bare }: ChartLook) => ({
  display: !bare,
  color: () => token('--text-3'),
  maxTicksLimit: 8,
  font: smallFont(),
});

const valueTicks = (look: ChartLook) => ({
  ...ticks(look),
  ...(look.unmeasured ? { callback: () => ROOM_OF_A_NUMBER } : {}),
});

/** Where the values decide, the axis ends with them; its numbers lie between. */
const limitsOf = (look: ChartLook) => {
  const { bare, yMax, values } = look;
  if (bare || !values) return { min: bare ? 0 : undefined, max: yMax };
  return {
    min: values.min,
    max: values.max,
    ticks: {
      ...ticks(look),
      // Clear of the dot of the first value, which lies on the axis.
      padding: pixels('--space-2'),
      maxTicksLimit: undefined,
      stepSize: values.step,
      includeBounds: false,
      callback: (value: number | string) => formatOnScale(Number(value), values),
    },
  };
};

const placeWords = (value: number, look: ChartLook): string =>
  look.xPowers ? `${look.xUnit} ${formatRate(value)}` : `${formatAlong(value)} ${look.xUnit}`;

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
    title: ([item]) => (item ? `at ${placeWords(item.parsed.x ?? 0, look)}` : ''),
    labelColor: ({ dataset }) => {
      const colour = typeof dataset.borderColor === 'string' ? dataset.borderColor : '';
      return { borderColor: colour, backgroundColor: colour };
    },
    label: (item) => ` ${item.dataset.label ?? ''}  ${(item.parsed.y ?? Number.NaN).toPrecision(4)}`,
  },
});
