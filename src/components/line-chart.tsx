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
import { useEffect, useMemo, useRef, useState } from 'react';
import { Button } from './button';
import { pointsWithin } from './chart-range';
import type { Range } from './chart-range';
import { chartOptions, formatAlong, toDataset } from './line-chart-options';
import type { ChartLook, Series } from './line-chart-options';
import { downsample, everySoMany } from './downsample';
import type { Point } from './downsample';
import { useZoom } from './use-zoom';

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
  readonly zooms?: boolean;
  readonly className: string;
}

export const LineChart = ({ label, summary, series, asTable, zooms, className, ...look }: LineChartProps) => (
  <figure aria-label={label} className={className}>
    <figcaption className="sr-only">{summary}</figcaption>
    {asTable ? (
      <ChartTable label={label} series={series} xUnit={look.xUnit} />
    ) : zooms ? (
      <ZoomedCanvas key={look.xUnit} label={label} series={series} look={look} />
    ) : (
      <Canvas series={series} look={look} />
    )}
  </figure>
);

const wholeOf = ({ xMax }: ChartLook, series: readonly Series[]): Range => ({
  min: 0,
  max: xMax ?? Math.max(1, ...series.map(({ points }) => points.at(-1)?.x ?? 0)),
});

/** Zoomed by dragging over a part, or by the keys; what is new stays at the right edge of the whole. */
const ZoomedCanvas = ({
  label,
  series,
  look,
}: {
  readonly label: string;
  readonly series: readonly Series[];
  readonly look: ChartLook;
}) => {
  const zoom = useZoom(wholeOf(look, series), valueAt);
  const zoomed = useMemo(() => ({ ...look, range: zoom.range }), [look, zoom.range]);
  return (
    <div
      {...zoom.handlers}
      role="group"
      tabIndex={0}
      aria-label={`${label}: drag or press + and − to zoom, arrows to move, 0 for the whole run`}
      className="relative h-full touch-none focus-visible:-outline-offset-2"
    >
      <Canvas series={series} look={zoomed} />
      {zoom.selection ? (
        <div
          aria-hidden
          className="pointer-events-none absolute inset-y-0 border-x border-accent bg-accent-tint"
          style={{ left: zoom.selection.min, width: zoom.selection.max - zoom.selection.min }}
        />
      ) : null}
      {zoom.range ? (
        <Button small className="absolute top-1 right-4" onClick={zoom.reset}>
          Show the whole run
        </Button>
      ) : null}
    </div>
  );
};

/** What a pixel of a chart's frame stands for on its x axis. */
const valueAt = (frame: HTMLElement, pixel: number): number => {
  const canvas = frame.querySelector('canvas');
  const chart = canvas ? Chart.getChart(canvas) : undefined;
  return chart?.scales['x']?.getValueForPixel(pixel) ?? 0;
};

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
    const { range } = look;
    const inView = (points: readonly Point[]) => (range ? pointsWithin(points, range) : points);
    chart.current.options = chartOptions(look);
    chart.current.data = {
      datasets: series.map((one) => toDataset({ ...one, points: downsample(inView(one.points), BUCKETS) })),
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
