import { clipped, safeLine, widthOf } from './safe-text';

export interface Column<Row> {
  readonly title: string;
  readonly align?: 'right';
  readonly text: (row: Row) => string;
}

const GAP = '  ';
const LONGEST_CELL = 48;

const padded = (text: string, width: number, right: boolean): string => {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return right ? space + text : text + space;
};

/** A table as lines, the titles first. `clip` shortens long cells for a terminal; a pipe gets them whole. */
export const tableLines = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { clip }: { readonly clip: boolean },
): string[] => {
  const cell = (text: string): string => (clip ? clipped(safeLine(text), LONGEST_CELL) : safeLine(text));
  const body = rows.map((row) => columns.map(({ text }) => cell(text(row))));
  const lines = [columns.map(({ title }) => title), ...body];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => widthOf(line[index] ?? ''))));
  return lines.map((line) =>
    line
      .map((text, index) => padded(text, widths[index] ?? 0, columns[index]?.align === 'right'))
      .join(GAP)
      .trimEnd(),
  );
};

/** Names and values, one pair a line. */
export const pairLines = (pairs: readonly (readonly [string, string])[]): string[] => {
  const width = Math.max(0, ...pairs.map(([name]) => widthOf(name)));
  return pairs.map(([name, value]) => `${padded(name, width, false)}${GAP}${safeLine(value)}`);
};
