import { visibleText } from './visible-text';

export type Cell = string | number | boolean | null | undefined;

/** A spreadsheet would run such a text as a formula. */
const FORMULA = /^[=+\-@\t\r]/u;

const csvCell = (cell: Cell): string => {
  if (cell === null || cell === undefined) return '';
  const shown = visibleText(String(cell));
  const text = typeof cell === 'string' && FORMULA.test(cell) ? `'${shown}` : shown;
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** As a file: without its mark Excel takes a text that is not of ASCII alone for one of its own code page. */
export const csvFile = (csv: string): string => (/\P{ASCII}/u.test(csv) ? `\ufeff${csv}` : csv);

/** Rows as CSV (RFC 4180), the columns in the order given; what a terminal would obey is written out. */
export const toCsv = (columns: readonly string[], rows: readonly Readonly<Record<string, Cell>>[]): string =>
  [columns, ...rows.map((row) => columns.map((name) => row[name]))]
    .map((cells) => `${cells.map(csvCell).join(',')}\r\n`)
    .join('');
