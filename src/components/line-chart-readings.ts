import type { Chart } from 'chart.js';
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import { ASIDE, dashOf, pixels, seriesColour, smallFont, token, widthOf } from './chart-tokens';
import type { SeriesNumber } from './chart-tokens';

/** How far the run is: a line, and on a chart with room its words at the top. */
export interface NowMark {
  readonly kind: 'now';
  readonly x: number;
  readonly label?: string;
  readonly below?: string;
}

/** The last value of a curve, written where the curve ends; `other` is the value to keep clear of. */
export interface ReadingMark {
  readonly kind: 'reading';
  readonly x: number;
  readonly y: number;
  readonly other: number | null;
  readonly label: string;
  readonly number: SeriesNumber;
}

interface Context {
  readonly chart: Chart;
}

/** Half the length of the piece of curve before its name. */
const STROKE = 8;

/** From the end of a curve to the end of its name. */
export const readingWidth = (label: string): number => widthOf(label) + ASIDE + STROKE;

/** Whether a mark's words have room right of it. */
export const hasRoom = ({ chart }: Context, x: number, text: string): boolean =>
  (chart.scales['x']?.getPixelForValue(x) ?? 0) + widthOf(text) + ASIDE <= chart.chartArea.right;

/** A piece of the curve and its name with its value, clear of the other curve's and of the words at the top. */
export const readingDrawn = (mark: ReadingMark, now: NowMark | undefined): AnnotationOptions[] => {
  const yAdjust = (context: Context): number => asideOf(context, mark, now);
  const { x, y, label, number } = mark;
  return [
    {
      type: 'point',
      xValue: x,
      yValue: y,
      xAdjust: pixels('--space-2') + STROKE,
      yAdjust,
      pointStyle: 'line',
      radius: STROKE,
      borderWidth: 2,
      borderDash: dashOf(number),
      borderColor: () => seriesColour(number),
      backgroundColor: 'transparent',
    },
    {
      type: 'label',
      xValue: x,
      yValue: y,
      position: { x: 'start', y: 'center' },
      xAdjust: pixels('--space-4') + 2 * STROKE,
      yAdjust,
      content: label,
      color: () => token('--text-1'),
      font: { ...smallFont(), weight: 500 },
      padding: 0,
    },
  ];
};

const asideOf = (context: Context, mark: ReadingMark, now: NowMark | undefined): number => {
  const scale = context.chart.scales['y'];
  if (!scale) return 0;
  const own = scale.getPixelForValue(mark.y);
  const other = mark.other === null ? null : scale.getPixelForValue(mark.other);
  return (
    readingPlace({ own, other }, { line: pixels('--leading-xs'), top: topFor(context, mark, now) }) - own
  );
};

/** Below the words of how far the run is, where those stand above the name. */
const topFor = (context: Context, mark: ReadingMark, now: NowMark | undefined): number => {
  const { chartArea, scales } = context.chart;
  if (now?.label === undefined || !hasRoom(context, now.x, now.label)) return -Infinity;
  const pixelOf = (x: number): number => scales['x']?.getPixelForValue(x) ?? 0;
  const width = Math.max(widthOf(now.label), widthOf(now.below ?? '')) + ASIDE;
  const ahead = pixelOf(now.x) - pixelOf(mark.x);
  if (ahead > readingWidth(mark.label) || -ahead > width) return -Infinity;
  return chartArea.top + (now.below === undefined ? 1 : 2) * pixels('--leading-xs');
};

interface Ends {
  /** Pixels from above; `other` is null where there is one curve only. */
  readonly own: number;
  readonly other: number | null;
}

/** Where a curve's name stands: beside its end, a line from the other curve's name, and below `top`. */
export const readingPlace = (
  { own, other }: Ends,
  { line, top }: { readonly line: number; readonly top: number },
): number => {
  const highest = top + line / 2;
  if (other === null) return Math.max(own, highest);
  const missing = Math.max(0, line - Math.abs(own - other)) / 2;
  const isUpper = own <= other;
  const upper = Math.max(Math.min(own, other) - missing, highest);
  return isUpper ? upper : Math.max(own + missing, upper + line);
};
