import { formatAlong } from './line-chart-options';
import type { Series } from './line-chart-options';
import { everySoMany } from './downsample';

const ROWS = 50;

const words = (value: number): string =>
  Number.isFinite(value) ? value.toPrecision(4) : Number.isNaN(value) ? 'not a number' : 'infinite';

/** A second measure of the places on the x axis. */
export interface Also {
  readonly name: string;
  readonly at: (x: number) => string;
}

/** The values of the curves, for those who read rather than look. */
export const ChartTable = ({
  label,
  series,
  xUnit,
  along = formatAlong,
  also,
}: {
  readonly label: string;
  readonly series: readonly Series[];
  readonly xUnit: string;
  readonly along?: (x: number) => string;
  readonly also?: Also;
}) => (
  <div
    className="grid h-full auto-cols-fr grid-flow-col gap-6 overflow-y-auto px-4"
    tabIndex={0}
    role="region"
    aria-label={`${label} as a table`}
  >
    {series
      .filter(({ faint }) => !faint)
      .map((one) => (
        <table key={one.name} className="self-start">
          <caption className="py-1 text-left font-medium">{one.name}</caption>
          <thead>
            <tr className="text-xs text-ink-3">
              <th scope="col" className="text-left font-medium">
                {xUnit}
              </th>
              {also ? (
                <th scope="col" className="text-left font-medium">
                  {also.name}
                </th>
              ) : null}
              <th scope="col" className="text-right font-medium">
                value
              </th>
            </tr>
          </thead>
          <tbody>
            {everySoMany(one.points, ROWS).map((point) => (
              <tr key={point.x} className="border-t">
                <td>{along(point.x)}</td>
                {also ? <td>{also.at(point.x)}</td> : null}
                <td className="text-right">{words(point.y)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
  </div>
);
