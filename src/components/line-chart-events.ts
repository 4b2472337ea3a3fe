import type { Chart } from 'chart.js';
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import { pixels, smallFont, token, widthOf } from './chart-tokens';

export interface EventMark {
  readonly kind: 'event';
  readonly x: number;
  readonly label: string;
}

/** An event's flag and the width of its words, in pixels. */
interface Flag {
  readonly at: number;
  readonly width: number;
}

interface Room {
  readonly left: number;
  readonly right: number;
  /** The line of how far the run is. */
  readonly line: number;
}

/** `start` is right of the flag; null where the words have no room on either side. */
type EventSide = 'start' | 'end' | null;

/** Half of a flag, and what stays free beside it. */
const FLAG = 8;
/** From the middle of a flag to its words. */
const GAP = 8;

/**
 * On which side of its flag the words of each event stand, of events from left to right. Words cross
 * no other words; the line of the run they cross only where the other side has no room.
 */
export const eventSides = (events: readonly Flag[], { left, right, line }: Room): readonly EventSide[] => {
  let taken = left;
  return events.map(({ at, width }, index) => {
    const next = events[index + 1]?.at ?? Infinity;
    const end = at + GAP + width;
    const isRightFree = end <= Math.min(right, next - FLAG);
    const isLeftFree = at - GAP - width >= taken;
    const crosses = line > at && end > line;
    const side = isRightFree && !(crosses && isLeftFree) ? 'start' : isLeftFree ? 'end' : null;
    taken = side === 'start' ? end + GAP : at + FLAG;
    return side;
  });
};

interface Places {
  readonly events: readonly EventMark[];
  /** How far the run is. */
  readonly now: number | null;
}

interface Context {
  readonly chart: Chart;
}

/** The flag of an event and its words, above the curves. */
export const eventDrawn = (mark: EventMark, places: Places): AnnotationOptions[] => [
  flagAt(mark.x),
  textAt(mark, places),
];

const top = ({ chart }: Context): number => chart.scales['y']?.max ?? 0;

const flagAt = (x: number): AnnotationOptions => ({
  type: 'point',
  xValue: x,
  yValue: top,
  yAdjust: -pixels('--space-2'),
  pointStyle: 'triangle',
  rotation: 180,
  radius: 5,
  borderWidth: 0,
  backgroundColor: () => token('--warn-fill'),
});

/** As the chart is now. */
const sideOf = (mark: EventMark, { events, now }: Places, { chart }: Context): EventSide => {
  const pixelOf = (x: number): number => chart.scales['x']?.getPixelForValue(x) ?? 0;
  const inOrder = events.toSorted((one, other) => one.x - other.x);
  const sides = eventSides(
    inOrder.map(({ x, label }) => ({ at: pixelOf(x), width: widthOf(label) })),
    {
      left: chart.chartArea.left,
      right: chart.chartArea.right,
      line: now === null ? Infinity : pixelOf(now),
    },
  );
  return sides[inOrder.indexOf(mark)] ?? null;
};

const textAt = (mark: EventMark, places: Places): AnnotationOptions => {
  const side = (context: Context): EventSide => sideOf(mark, places, context);
  const aside = pixels('--space-2');
  return {
    type: 'label',
    display: (context) => side(context) !== null,
    xValue: mark.x,
    yValue: top,
    position: (context) => ({ x: side(context) ?? 'start', y: 'end' }),
    xAdjust: (context) => (side(context) === 'end' ? -aside : aside),
    padding: 0,
    content: mark.label,
    color: () => token('--text-2'),
    font: smallFont(),
  };
};
