import {
  Chart,
  LineController,
  LineElement,
  LinearScale,
  LogarithmicScale,
  PointElement,
  Tooltip,
} from 'chart.js';
import annotationPlugin from 'chartjs-plugin-annotation';
import { useEffect, useRef, useState } from 'react';
import { chartOptions, formatAlong, toDataset } from './line-chart-options';
import type { ChartLook, Series } from './line-chart-options';
import { downsample, everySoMany } from './downsample';

Chart.register(
  LineController,
  LineElement,
  LinearScale,
  LogarithmicScale,
  PointElement,
  Tooltip,
  annotationPlugin,
);

const BUCKETS = 600;
const TABLE_ROWS = 50;

export interface LineChartProps extends ChartLook {
  readonly label: string;
  /** One sentence for those who cannot see the curves. */
  readonly summary: string;
  readonly series: readonly Series[];
  readonly asTable?: boolean;
  readonly className: string;
}

export const LineChart = ({ label, summary, series, asTable, className, ...look }: LineChartProps) => (
  <figure aria-label={label} className={className}>
    <figcaption className="sr-only">{summary}</figcaption>
    {asTable ? (
      <ChartTable label={label} series={series} xUnit={look.xUnit} />
    ) : (
      <Canvas series={series} look={look} />
    )}
  </figure>
);

const Canvas = ({ series, look }: { readonly series: readonly Series[]; readonly look: ChartLook }) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<Chart<'line'> | null>(null);
  const [theme, setTheme] = useState(document.documentElement.className);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    chart.current = new Chart<'line'>(context, { type: 'line', data: { datasets: [] } });
    const themes = new MutationObserver(() => setTheme(document.documentElement.className));
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['class'] });
    return () => {
      themes.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    if (!chart.current) return;
    chart.current.options = chartOptions(look);
    chart.current.data = {
      datasets: series.map((one) => toDataset({ ...one, points: downsample(one.points, BUCKETS) })),
    };
    chart.current.update('none');
  }, [series, look, theme]);
  return (
    <div className="relative h-full">
      <canvas ref={canvas} aria-hidden className="absolute inset-0" />
    </div>
  );
};

const ChartTable = ({
  label,
  series,
  xUnit,
}: {
  readonly label: string;
  readonly series: readonly Series[];
  readonly xUnit: string;
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
              <th scope="col" className="text-right font-medium">
                value
              </th>
            </tr>
          </thead>
          <tbody>
            {everySoMany(one.points, TABLE_ROWS).map((point) => (
              <tr key={point.x} className="border-t">
                <td>{formatAlong(point.x)}</td>
                <td className="text-right">{point.y.toPrecision(4)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
  </div>
);
