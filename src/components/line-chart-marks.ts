import type { Chart } from 'chart.js';
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import { dashOf, pixels, smallFont, token } from './chart-tokens';

/** What stands on a chart beside its curves. */
export type Mark =
  | { readonly kind: 'kept' | 'pruned' | 'best'; readonly x: number }
  | { readonly kind: 'event' | 'now'; readonly x: number; readonly label: string }
  /** The last value of a curve, written where the curve ends; `other` is the value to keep clear of. */
  | {
      readonly kind: 'reading';
      readonly x: number;
      readonly y: number;
      readonly other: number | null;
      readonly label: string;
    };

interface Context {
  readonly chart: Chart;
}

/** A character's width as a share of the text's size, for what is measured before it is drawn. */
const CHARACTER = 0.58;

export const annotationsOf = (marks: readonly Mark[]): Record<string, AnnotationOptions> =>
  Object.fromEntries(
    marks
      .flatMap(drawn)
      .map((annotation, index): [string, AnnotationOptions] => [`mark-${index}`, annotation]),
  );

const drawn = (mark: Mark): AnnotationOptions[] => {
  switch (mark.kind) {
    case 'event':
      return [lineAt(mark.x, '--warn-fill', dashOf(3)), flagAt(mark.x), textAt({ ...mark, above: true })];
    case 'now':
      return [futureFrom(mark.x), lineAt(mark.x, '--text-2', []), textAt({ ...mark, above: false })];
    case 'reading':
      return [reading(mark)];
    case 'best':
      return [checkpointAt(mark), textAt({ x: mark.x, label: 'best', above: false, low: true })];
    case 'kept':
    case 'pruned':
      return [checkpointAt(mark)];
  }
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

/** What is still to come lies on the page's own surface. */
const futureFrom = (x: number): AnnotationOptions => ({
  type: 'box',
  xMin: x,
  borderWidth: 0,
  drawTime: 'beforeDraw',
  backgroundColor: () => token('--surface-1'),
});

const checkpointAt = ({
  kind,
  x,
}: {
  readonly kind: 'kept' | 'pruned' | 'best';
  readonly x: number;
}): AnnotationOptions => ({
  type: 'point',
  xValue: x,
  yValue: bottom,
  pointStyle: 'rectRot',
  radius: kind === 'best' ? 6 : 5,
  borderColor: () => token('--accent'),
  borderDash: kind === 'pruned' ? dashOf(3) : [],
  backgroundColor: () => token(kind === 'pruned' ? '--surface-2' : '--accent'),
});

const hasRoom = ({ chart }: Context, x: number, text: string): boolean =>
  (chart.scales['x']?.getPixelForValue(x) ?? 0) + text.length * pixels('--text-xs') * CHARACTER <=
  chart.chartArea.right;

/** Right of its line, or left of it where the chart ends. */
const textAt = ({
  x,
  label,
  above,
  low,
}: {
  readonly x: number;
  readonly label: string;
  readonly above: boolean;
  readonly low?: boolean;
}): AnnotationOptions => {
  const turns = (context: Context): boolean => !hasRoom(context, x, label);
  const aside = pixels('--space-2');
  return {
    type: 'label',
    xValue: x,
    yValue: low ? bottom : top,
    position: (context) => ({ x: turns(context) ? 'end' : 'start', y: above || low ? 'end' : 'start' }),
    xAdjust: (context) => (turns(context) ? -aside : aside),
    yAdjust: low ? -pixels('--space-1') : 0,
    content: label,
    color: () => token(low ? '--accent-text' : '--text-2'),
    font: smallFont(),
    padding: 0,
  };
};

const reading = ({ x, y, other, label }: Extract<Mark, { kind: 'reading' }>): AnnotationOptions => ({
  type: 'label',
  display: (context) => hasRoom(context, x, label),
  xValue: x,
  yValue: y,
  position: { x: 'start', y: 'center' },
  xAdjust: pixels('--space-2'),
  yAdjust: (context) => (other === null ? 0 : distance(context, y, other)),
  content: label,
  color: () => token('--text-1'),
  font: { ...smallFont(), weight: 500 },
  padding: 0,
});

/** How far a text moves so that it and its neighbour are a line apart. */
const distance = ({ chart }: Context, own: number, other: number): number => {
  const y = chart.scales['y'];
  if (!y) return 0;
  const apart = y.getPixelForValue(own) - y.getPixelForValue(other);
  const missing = pixels('--leading-xs') - Math.abs(apart);
  if (missing <= 0) return 0;
  return apart <= 0 ? -missing / 2 : missing / 2;
};
