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
import { useCallback, useMemo } from 'react';
import type { Ref } from 'react';
import { Button } from './button';
import { ChartHover } from './chart-hover';
import type { Reading } from './chart-hover';
import { pointsWithin, roundedOut } from './chart-range';
import type { Range } from './chart-range';
import { alongOf, chartOptions, toDataset } from './line-chart-options';
import type { ChartLook, Series } from './line-chart-options';
import { ChartTable } from './line-chart-table';
import type { Also } from './line-chart-table';
import type { Mark } from './line-chart-marks';
import { downsample } from './downsample';
import { useChart } from './use-chart';
import { usePointer } from './use-pointer';
import { useZoom } from './use-zoom';
import { valueScale } from './value-scale';

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

/** What the hover says of a place on the x axis; null where it says nothing. */
type ReadingAt = (x: number) => Reading | null;

export interface LineChartProps extends ChartLook {
  readonly label: string;
  /** One sentence for those who cannot see the curves. */
  readonly summary: string;
  readonly series: readonly Series[];
  readonly asTable?: boolean;
  /** Told in the table beside the place on the x axis. */
  readonly also?: Also;
  /** Makes it a chart that is read with the pointer and zoomed. */
  readonly readingAt?: ReadingAt;
  readonly className: string;
  readonly ref?: Ref<HTMLElement>;
}

export const LineChart = ({
  label,
  summary,
  series,
  asTable,
  also,
  readingAt,
  className,
  ref,
  ...look
}: LineChartProps) => (
  <figure ref={ref} aria-label={label} className={className}>
    <figcaption className="sr-only">{summary}</figcaption>
    {asTable ? (
      <ChartTable label={label} series={series} xUnit={look.xUnit} along={alongOf(look)} also={also} />
    ) : readingAt ? (
      <ReadCanvas key={look.xUnit} label={label} series={series} look={look} readingAt={readingAt} />
    ) : (
      <Canvas series={series} look={look} />
    )}
  </figure>
);

const wholeOf = ({ xMax }: ChartLook, series: readonly Series[]): Range => ({
  min: 0,
  max: xMax ?? Math.max(1, ...series.map(({ points }) => points.at(-1)?.x ?? 0)),
});

const inView = ({ xWhole }: ChartLook, range: Range | null): Range | null =>
  range && xWhole ? roundedOut(range) : range;

/** Read by pointing; zoomed by dragging over a part, or by the keys. What is new stays at the right edge of the whole. */
const ReadCanvas = ({
  label,
  series,
  look,
  readingAt,
}: {
  readonly label: string;
  readonly series: readonly Series[];
  readonly look: ChartLook;
  readonly readingAt: ReadingAt;
}) => {
  const whole = wholeOf(look, series);
  const zoom = useZoom(whole, valueAt);
  const { pointer, handlers } = usePointer(valueAt);
  const reading = pointer && !zoom.selection ? readingAt(pointer.x) : null;
  const range = inView(look, zoom.range);
  const marks = [...(look.marks ?? []), ...(reading ? [pointed(reading)] : [])];
  return (
    <div
      {...zoom.handlers}
      {...handlers}
      role="group"
      tabIndex={0}
      aria-label={`${label}: drag or press + and − to zoom, arrows to move, 0 for the whole run`}
      className="relative h-full touch-none focus-visible:-outline-offset-2"
      onPointerMove={(event) => {
        zoom.handlers.onPointerMove(event);
        handlers.onPointerMove(event);
      }}
    >
      <Canvas series={series} look={{ ...look, xMax: whole.max, range, marks, reads: true }} />
      {pointer && reading ? <ChartHover reading={reading} {...pointer} /> : null}
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

const pointed = ({ x, rows }: Reading): Mark => ({
  kind: 'pointer',
  x,
  dots: rows.flatMap(({ curve, y }) => (curve && y !== undefined ? [{ number: curve.number, y }] : [])),
});

/** What a pixel of a chart's frame stands for on its x axis. */
const valueAt = (frame: HTMLElement, pixel: number): number => {
  const canvas = frame.querySelector('canvas');
  const chart = canvas ? Chart.getChart(canvas) : undefined;
  return chart?.scales['x']?.getValueForPixel(pixel) ?? 0;
};

const Canvas = ({ series, look }: { readonly series: readonly Series[]; readonly look: ChartLook }) => {
  const { range } = look;
  const shown = useMemo(
    () =>
      series.map((one) => ({
        ...one,
        points: downsample(range ? pointsWithin(one.points, range) : one.points, BUCKETS),
      })),
    [series, range],
  );
  const draw = useCallback(() => {
    const unmeasured = shown.every(({ points }) => points.length === 0);
    const values = valueScale(shown.map(({ points }) => points));
    return {
      options: chartOptions({ ...look, unmeasured, values }),
      data: { datasets: shown.map(toDataset) },
    };
  }, [shown, look]);
  const canvas = useChart('line', draw);
  return (
    <div className="relative h-full">
      <canvas ref={canvas} aria-hidden className="absolute inset-0" />
    </div>
  );
};
