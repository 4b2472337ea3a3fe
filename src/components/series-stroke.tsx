import { classNames } from './class-names';
import type { SeriesNumber } from './chart-tokens';

const STROKES: Partial<Record<SeriesNumber, string>> = {
  1: 'border-series-1',
  2: 'border-dashed border-series-2',
};

/** A piece of a curve as the chart draws it, beside its name. */
export const SeriesStroke = ({
  number,
  faint,
}: {
  readonly number: SeriesNumber;
  readonly faint?: boolean;
}) => (
  <span
    aria-hidden
    className={classNames('block w-4', faint ? 'border-t opacity-60' : 'border-t-2', STROKES[number])}
  />
);
