import { classNames } from './class-names';
import { SeriesStroke } from './series-stroke';
import type { SeriesNumber } from './chart-tokens';

/** What one curve says at the place. */
interface ReadingRow {
  readonly name: string;
  readonly value: string;
  /** Where its value is from another place than the pointer's. */
  readonly note?: string;
  /** Its curve; none for what is not drawn. */
  readonly curve?: { readonly number: SeriesNumber; readonly faint?: boolean };
  /** Where the curve is marked; nowhere where it has no point there. */
  readonly y?: number;
}

/** What a chart says at one place of its x axis. */
export interface Reading {
  /** The place, where the pointer is near it. */
  readonly x: number;
  readonly title: string;
  readonly aside: string;
  readonly rows: readonly ReadingRow[];
}

/** Beside the pointer: to its right in the left half of the chart, else to its left. */
export const ChartHover = ({
  reading,
  left,
  width,
}: {
  readonly reading: Reading;
  readonly left: number;
  readonly width: number;
}) => (
  <div
    aria-hidden
    className={classNames(
      'pointer-events-none absolute top-8 z-10 rounded-lg border border-line-strong bg-surface-2 px-3 py-2 text-xs shadow-2',
      left < width / 2 ? 'translate-x-4' : '-translate-x-[calc(100%+1rem)]',
    )}
    style={{ left }}
  >
    <p className="flex justify-between gap-6 whitespace-nowrap text-ink-2 tabular-nums">
      <span>{reading.title}</span>
      <span>{reading.aside}</span>
    </p>
    <table className="mt-1 w-full border-separate border-spacing-y-0.5 whitespace-nowrap tabular-nums">
      <tbody>
        {reading.rows.map(({ name, value, note, curve }) => (
          <tr key={name}>
            <td className="pr-2 text-ink-2">
              <span className="flex items-center gap-2">
                <span className="w-4">{curve ? <SeriesStroke {...curve} /> : null}</span>
                {name}
              </span>
            </td>
            <td className="pl-3 text-right font-medium">{value}</td>
            <td className="pl-1 text-ink-2">{note}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
