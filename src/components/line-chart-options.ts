import type { ChartDataset, ChartOptions } from 'chart.js';
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import type { Point } from './downsample';

type SeriesNumber = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /** Colour and dash; held-out is always 2. */
  readonly number: SeriesNumber;
  /** The raw values behind a smoothed line. */
  readonly faint?: boolean;
  readonly dots?: boolean;
}

export interface Mark {
  readonly kind: 'event' | 'kept' | 'pruned' | 'best' | 'now';
  readonly x: number;
  readonly label?: string;
}

export interface ChartLook {
  readonly xTitle: string;
  readonly xMax?: number;
  readonly log?: boolean;
  readonly marks?: readonly Mark[];
  readonly bare?: boolean;
}

const token = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const pixels = (name: string): number => Number.parseFloat(token(name)) || 0;

const dashOf = (number: SeriesNumber): number[] => {
  const dash = token(`--series-${number}-dash`);
  return dash === 'none' ? [] : dash.split(' ').map(Number);
};

const faded = (colour: string): string => colour.replace(')', ' / 0.35)');

export const toDataset = ({ name, points, number, faint, dots }: Series): ChartDataset<'line'> => ({
  label: name,
  data: points.map(({ x, y }) => ({ x, y })),
  parsing: false,
  borderColor: () => (faint ? faded(token(`--series-${number}`)) : token(`--series-${number}`)),
  borderWidth: faint ? 1 : 2,
  borderDash: faint ? [] : dashOf(number),
  pointRadius: dots ? 4 : 0,
  pointHoverRadius: 4,
  pointBorderWidth: 2,
  pointBorderColor: () => token(`--series-${number}`),
  pointHoverBorderColor: () => token(`--series-${number}`),
  pointBackgroundColor: () => token('--surface-2'),
  pointHoverBackgroundColor: () => token('--surface-2'),
  spanGaps: false,
});

export const chartOptions = (look: ChartLook): ChartOptions<'line'> => {
  const values = {
    ...axis(look, ''),
    grid: { display: !look.bare, color: token('--chart-grid'), drawTicks: false },
  };
  return {
    animation: false,
    parsing: false,
    normalized: true,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: 'nearest', axis: 'x', intersect: false },
    layout: { padding: look.bare ? 0 : { top: 20, right: 16, left: 8 } },
    scales: {
      x: { type: 'linear', min: 0, max: look.xMax, ...axis(look, look.xTitle), grid: { display: false } },
      y: look.log ? { type: 'logarithmic', ...values } : { type: 'linear', ...values },
    },
    plugins: {
      tooltip: tooltip(look),
      annotation: {
        clip: false,
        annotations: Object.fromEntries(
          (look.marks ?? []).map((mark, index) => [`mark-${index}`, annotation(mark)]),
        ),
      },
    },
  };
};

const axis = (look: ChartLook, title: string) => ({
  border: { display: true, color: token('--chart-axis') },
  ticks: {
    display: !look.bare,
    color: () => token('--text-3'),
    maxTicksLimit: 8,
    font: { family: token('--font-sans'), size: pixels('--text-xs') },
  },
  title: {
    display: !look.bare && title !== '',
    text: title,
    align: 'end' as const,
    color: token('--text-3'),
    font: { family: token('--font-sans'), size: pixels('--text-xs') },
  },
});

const tooltip = (look: ChartLook): NonNullable<ChartOptions<'line'>['plugins']>['tooltip'] => ({
  backgroundColor: () => token('--surface-2'),
  borderColor: () => token('--line-strong'),
  borderWidth: 1,
  cornerRadius: pixels('--radius-lg'),
  titleColor: () => token('--text-2'),
  bodyColor: () => token('--text-1'),
  bodyFont: { family: token('--font-sans'), size: pixels('--text-xs') },
  titleFont: { family: token('--font-sans'), size: pixels('--text-xs'), weight: 'normal' },
  padding: pixels('--space-3'),
  displayColors: true,
  callbacks: {
    title: ([item]) =>
      item
        ? `${look.xTitle} ${(item.parsed.x ?? 0).toLocaleString('en-US', { maximumFractionDigits: 1 })}`
        : '',
    label: (item) => ` ${item.dataset.label ?? ''}  ${(item.parsed.y ?? Number.NaN).toPrecision(4)}`,
  },
});

const annotation = (mark: Mark): AnnotationOptions => {
  if (mark.kind === 'event' || mark.kind === 'now') {
    const colour = () => token(mark.kind === 'event' ? '--warn-fill' : '--text-2');
    return {
      type: 'line',
      xMin: mark.x,
      xMax: mark.x,
      borderColor: colour,
      borderWidth: 1,
      borderDash: mark.kind === 'event' ? dashOf(3) : [],
      label: {
        display: mark.label !== undefined,
        content: mark.label ?? '',
        position: mark.kind === 'event' ? 'end' : 'start',
        yAdjust: mark.kind === 'event' ? -pixels('--space-5') : 0,
        backgroundColor: () => token('--surface-2'),
        color: () => token('--text-2'),
        font: { family: token('--font-sans'), size: pixels('--text-xs'), weight: 'normal' },
        padding: pixels('--space-1'),
      },
    };
  }
  return {
    type: 'point',
    xValue: mark.x,
    yValue: ({ chart }) => chart.scales['y']?.min ?? 0,
    pointStyle: 'rectRot',
    radius: mark.kind === 'best' ? 6 : 5,
    borderColor: () => token('--accent'),
    borderDash: mark.kind === 'pruned' ? dashOf(3) : [],
    backgroundColor: () => token(mark.kind === 'pruned' ? '--surface-2' : '--accent'),
  };
};
