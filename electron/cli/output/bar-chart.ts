import type { Histogram } from '../../../src/lib/types/dataset-numbers';
import { formatCount } from '../../../src/lib/messages/format';

const ROWS = 10;
const WIDTH = 40;
const PARTS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

interface Row {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Neighbouring bins put together, as many as make ten rows. */
const rowsOf = ({ edges, counts }: Histogram): Row[] => {
  const each = Math.max(1, Math.ceil(counts.length / ROWS));
  const starts = counts.map((_, index) => index).filter((index) => index % each === 0);
  return starts.map((start) => ({
    from: edges[start] ?? 0,
    to: edges[Math.min(start + each, counts.length)] ?? 0,
    count: counts.slice(start, start + each).reduce((sum, count) => sum + count, 0),
  }));
};

const bar = (count: number, most: number): string => {
  const eighths = Math.round((count / most) * WIDTH * 8);
  // What is there is seen, however little.
  const shown = count > 0 ? Math.max(1, eighths) : 0;
  return '█'.repeat(Math.floor(shown / 8)) + (PARTS[shown % 8] ?? '');
};

/** A histogram as lines of text; none where there is nothing to draw. */
export const barChart = (histogram: Histogram): string[] => {
  const rows = rowsOf(histogram);
  const most = Math.max(0, ...rows.map(({ count }) => count));
  if (most === 0) return [];
  const width = formatCount(rows.at(-1)?.to ?? 0).length;
  const edge = (value: number): string => formatCount(Math.round(value)).padStart(width);
  return rows.map(({ from, to, count }) =>
    `${edge(from)} – ${edge(to)} │${bar(count, most)} ${count > 0 ? formatCount(count) : ''}`.trimEnd(),
  );
};
