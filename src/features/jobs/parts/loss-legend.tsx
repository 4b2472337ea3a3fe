import type { ReactNode } from 'react';
import type { Mark } from '../../../components/line-chart-marks';
import type { Series } from '../../../components/line-chart-options';
import { SeriesStroke } from '../../../components/series-stroke';

/** Names what is drawn, and nothing else. */
export const LossLegend = ({
  curves,
  marks,
}: {
  readonly curves: readonly Series[];
  readonly marks: readonly Mark[];
}) => {
  const drawn = new Set(marks.map(({ kind }) => kind));
  return (
    <span
      aria-hidden
      className="order-last flex basis-full items-center gap-4 text-xs whitespace-nowrap text-ink-2 wide:order-none wide:ml-2 wide:basis-auto"
    >
      {curves.some(({ number, points }) => number === 1 && points.length > 0) ? (
        <Named mark={<SeriesStroke number={1} />}>training</Named>
      ) : null}
      {curves.some(({ number }) => number === 2) ? (
        <Named mark={<SeriesStroke number={2} />}>held-out</Named>
      ) : null}
      {drawn.has('kept') || drawn.has('best') ? (
        <Named mark={<span className="size-1.5 rotate-45 bg-accent" />}>checkpoint</Named>
      ) : drawn.has('coming') ? (
        <Named mark={<span className="size-1.5 rotate-45 border border-ink-3" />}>checkpoint to come</Named>
      ) : null}
      {drawn.has('pruned') ? (
        <Named mark={<span className="size-2 rotate-45 border border-dotted border-ink-2" />}>pruned</Named>
      ) : null}
      {drawn.has('event') ? (
        <Named mark={<span className="border-x-4 border-t-6 border-x-transparent border-t-warn-fill" />}>
          event
        </Named>
      ) : null}
    </span>
  );
};

const Named = ({ mark, children }: { readonly mark: ReactNode; readonly children: string }) => (
  <span className="flex items-center gap-1.5">
    {mark}
    {children}
  </span>
);
