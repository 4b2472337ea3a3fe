import type { Chart } from 'chart.js';
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import { ASIDE, dashOf, pixels, seriesColour, smallFont, token, widthOf } from './chart-tokens';
import type { SeriesNumber } from './chart-tokens';
import { eventDrawn } from './line-chart-events';
import type { EventMark } from './line-chart-events';
import { hasRoom, readingDrawn } from './line-chart-readings';
import type { NowMark, ReadingMark } from './line-chart-readings';

type CheckpointKind = 'kept' | 'pruned' | 'best' | 'coming';

interface CheckpointMark {
  readonly kind: CheckpointKind;
  readonly x: number;
}

/** What stands on a chart beside its curves. */
export type Mark =
  | CheckpointMark
  | EventMark
  /** How far the run is: a line, and on a chart with room its words. */
  | NowMark
  /** The place that is advised. */
  | { readonly kind: 'advised'; readonly x: number; readonly label: string }
  /** Where the pointer is, and the places of the curves there. */
  | { readonly kind: 'pointer'; readonly x: number; readonly dots: readonly Dot[] }
  /** A value above the scale, named where it leaves it. */
  | { readonly kind: 'spike'; readonly x: number; readonly label: string }
  | ReadingMark;

interface Dot {
  readonly y: number;
  readonly number: SeriesNumber;
}

interface Context {
  readonly chart: Chart;
}

export const annotationsOf = (marks: readonly Mark[]): Record<string, AnnotationOptions> =>
  Object.fromEntries(
    marks
      .flatMap((mark) => drawn(mark, marks))
      .map((annotation, index): [string, AnnotationOptions] => [`mark-${index}`, annotation]),
  );

const drawn = (mark: Mark, all: readonly Mark[]): AnnotationOptions[] => {
  if (isCheckpoint(mark)) return checkpointDrawn(mark, all);
  switch (mark.kind) {
    case 'event':
      return [lineAt(mark.x, '--warn-fill', dashOf(3)), ...eventDrawn(mark, placesIn(all))];
    case 'now':
      return nowDrawn(mark);
    case 'advised':
      return [lineAt(mark.x, '--accent', []), nowText({ ...mark, below: undefined })];
    case 'pointer':
      return [lineAt(mark.x, '--line-control', []), ...mark.dots.map((dot) => dotAt(mark.x, dot))];
    case 'spike':
      return [spikeAt(mark.x), spikeText(mark)];
    case 'reading':
      return readingDrawn(mark, nowIn(all));
  }
};

const checkpointDrawn = ({ kind, x }: CheckpointMark, all: readonly Mark[]): AnnotationOptions[] => [
  checkpointAt({ kind, x }),
  ...(kind === 'best' ? [bestText(x, nextCheckpoint(x, all))] : []),
];

const placesIn = (all: readonly Mark[]) => ({
  events: all.filter((mark): mark is EventMark => mark.kind === 'event'),
  now: nowIn(all)?.x ?? null,
});

const nowIn = (all: readonly Mark[]): NowMark | undefined =>
  all.find((mark): mark is NowMark => mark.kind === 'now');

const nowDrawn = ({ x, label, below }: NowMark): AnnotationOptions[] => {
  if (label === undefined) return [lineAt(x, '--line-control', [])];
  return [futureFrom(x), lineAt(x, '--text-2', []), nowText({ x, label, below })];
};

const top = ({ chart }: Context): number => chart.scales['y']?.max ?? 0;
const bottom = ({ chart }: Context): number => chart.scales['y']?.min ?? 0;

const lineAt = (x: number, colour: string, dash: number[]): AnnotationOptions => ({
  type: 'line',
  xMin: x,
  xMax: x,
  borderColor: () => token(colour),
  borderWidth: 1,
  borderDash: dash,
});

const dotAt = (x: number, { y, number }: Dot): AnnotationOptions => ({
  type: 'point',
  display: Number.isFinite(y),
  xValue: x,
  yValue: y,
  radius: 4,
  borderWidth: 2,
  borderColor: () => seriesColour(number),
  backgroundColor: () => seriesColour(number),
});

/** What is still to come lies on the page's own surface. */
const futureFrom = (x: number): AnnotationOptions => ({
  type: 'box',
  xMin: x,
  borderWidth: 0,
  drawTime: 'beforeDraw',
  backgroundColor: () => token('--surface-1'),
});

const DIAMOND = 5;
const SIDE = DIAMOND * Math.SQRT2;
/** Around each corner, and open in the middle of each side: so small a mark has to keep its corners. */
const PRUNED_DASH = [SIDE * 0.75, SIDE * 0.25];

/** Filled where the checkpoint is kept, an outline where it is to come, dashed where it was removed. */
const checkpointAt = ({ kind, x }: CheckpointMark): AnnotationOptions => {
  const there = kind === 'kept' || kind === 'best';
  return {
    type: 'point',
    xValue: x,
    yValue: bottom,
    yAdjust: pixels('--space-3'),
    pointStyle: 'rectRot',
    radius: kind === 'coming' ? DIAMOND - 1 : DIAMOND,
    borderWidth: kind === 'pruned' ? 1.25 : 1,
    borderColor: () => token(there ? '--accent' : kind === 'pruned' ? '--text-2' : '--text-3'),
    borderDash: kind === 'pruned' ? PRUNED_DASH : [],
    borderDashOffset: SIDE * 0.375,
    backgroundColor: () => token(there ? '--accent' : '--surface-2'),
  };
};

const isCheckpoint = (mark: Mark): mark is CheckpointMark =>
  mark.kind === 'kept' || mark.kind === 'best' || mark.kind === 'pruned' || mark.kind === 'coming';

/** Infinity where none follows. */
const nextCheckpoint = (x: number, all: readonly Mark[]): number =>
  Math.min(...all.filter((mark) => isCheckpoint(mark) && mark.x > x).map((mark) => mark.x));

/** Right of its mark, or left of it where the chart or the room before the next mark ends. */
const bestText = (x: number, next: number): AnnotationOptions => ({
  type: 'label',
  xValue: x,
  yValue: bottom,
  position: (context) => ({ x: isFree(context, x, next) ? 'start' : 'end', y: 'center' }),
  xAdjust: (context) => (isFree(context, x, next) ? 1 : -1) * pixels('--space-2'),
  yAdjust: pixels('--space-3'),
  content: 'best',
  color: () => token('--accent-text'),
  font: { ...smallFont(), weight: 500 },
  padding: 0,
});

const spikeAt = (x: number): AnnotationOptions => ({
  type: 'point',
  xValue: x,
  yValue: top,
  yAdjust: -pixels('--space-1'),
  pointStyle: 'triangle',
  radius: 4,
  borderWidth: 0,
  backgroundColor: () => token('--warn-fill'),
});

const spikeText = ({ x, label }: { readonly x: number; readonly label: string }): AnnotationOptions => ({
  type: 'label',
  xValue: x,
  yValue: top,
  position: { x: 'start', y: 'center' },
  xAdjust: pixels('--space-2'),
  yAdjust: -pixels('--space-1'),
  content: label,
  color: () => token('--text-2'),
  font: smallFont(),
  padding: 0,
});

const isFree = (context: Context, x: number, next: number): boolean => {
  const pixelOf = (value: number) => context.chart.scales['x']?.getPixelForValue(value) ?? 0;
  const isBeforeNext = next === Infinity || pixelOf(x) + widthOf('best') + ASIDE <= pixelOf(next);
  return isBeforeNext && hasRoom(context, x, 'best');
};

/** Right of its line, or left of it where the chart ends. */
const nowText = ({
  x,
  label,
  below,
}: {
  readonly x: number;
  readonly label: string;
  readonly below: string | undefined;
}): AnnotationOptions => {
  const turns = (context: Context): boolean => !hasRoom(context, x, label);
  const aside = pixels('--space-2');
  return {
    type: 'label',
    xValue: x,
    yValue: top,
    position: (context) => ({ x: turns(context) ? 'end' : 'start', y: 'start' }),
    xAdjust: (context) => (turns(context) ? -aside : aside),
    padding: 0,
    content: below === undefined ? label : [label, below],
    textAlign: 'start',
    color: () => [token('--text-1'), token('--text-3')],
    font: [{ ...smallFont(), weight: 500 }, smallFont()],
  };
};
