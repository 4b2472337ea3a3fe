import { parse } from 'csv-parse/sync';
import type { TableOptions } from '../../../../src/lib/types/dataset-reading';
import { takeSeparatorLine } from './separator-line';

export interface TableLayout {
  readonly columns: readonly string[];
  readonly hasHeader: boolean;
  readonly delimiter: string;
  readonly quote: string | null;
  /** What its first line says of the delimiter, where it is such a line; null where it is a row. */
  readonly separatorLine: string | null;
}

const DELIMITERS = [',', '\t', ';', '|'] as const;
const SAMPLE_ROWS = 30;
const REGULAR_SHARE = 0.6;
const MAX_NAME = 100;
const NAME_OF_TEXT_COLUMN = /^(?:text|content)$/i;

interface Candidate {
  readonly delimiter: string;
  readonly rows: readonly (readonly string[])[];
  /** Rows with as many cells as the first one. */
  readonly regular: number;
}

/**
 * The layout of a table by the beginning of its text; null for what reads as none. A delimiter must
 * give nearly all rows as many cells as the names in the first row.
 */
export function findLayout(sample: string, options: TableOptions = {}): TableLayout | null {
  const { delimiter: separatorLine, rest } = takeSeparatorLine(sample);
  const told = options.delimiter ?? separatorLine;
  const layout = layoutOfRows(rest, { ...options, ...(told !== null && { delimiter: told }) });
  return layout === null ? null : { ...layout, separatorLine };
}

type RowLayout = Omit<TableLayout, 'separatorLine'>;

function layoutOfRows(text: string, options: TableOptions): RowLayout | null {
  const isForced = Object.keys(options).length > 0;
  const quote = quoteOf(options);
  const candidates = delimitersOf(options).map((delimiter) => candidateOf(text, { delimiter, quote }));
  const best = candidates
    .filter((candidate) => isForced || isTable(candidate))
    .sort((left, right) => scoreOf(right) - scoreOf(left))[0];
  if (best === undefined) return isForced ? null : textColumn(candidates[0], quote);
  return layoutOf(best, quote, options.header ?? true);
}

/** Whether a sample goes beyond the row of the names, whatever the delimiter is: quotes may hold lines. */
export function holdsDataRow(sample: string, options: TableOptions = {}): boolean {
  const quote = quoteOf(options);
  const { rest } = takeSeparatorLine(sample);
  // One by one: the first that ends too early spares the others, each of which reads all of the sample.
  return delimitersOf(options).every((delimiter) => candidateOf(rest, { delimiter, quote }).rows.length > 1);
}

function delimitersOf({ delimiter }: TableOptions): readonly string[] {
  return delimiter === undefined ? DELIMITERS : [delimiter];
}

function quoteOf({ quote }: TableOptions): string | null {
  return quote === undefined ? '"' : quote;
}

function candidateOf(
  sample: string,
  { delimiter, quote }: { delimiter: string; quote: string | null },
): Candidate {
  const rows: string[][] = parse(sample, { ...parserOptions({ delimiter, quote }), to: SAMPLE_ROWS });
  const width = rows[0]?.length ?? 0;
  return { delimiter, rows, regular: rows.filter((row) => row.length === width).length };
}

function scoreOf({ rows, regular }: Candidate): number {
  return ((rows[0]?.length ?? 0) > 1 ? 1 : 0) * regular * (1 + (rows[0]?.length ?? 0) / MAX_NAME);
}

function isTable({ rows, regular }: Candidate): boolean {
  const [names, ...others] = rows;
  if (names === undefined || names.length < 2 || others.length === 0) return false;
  return areNames(names) && regular >= rows.length * REGULAR_SHARE;
}

/** Sentences are no names, and names differ; one may be missing, as that of an index is. */
function areNames(cells: readonly string[]): boolean {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  const isShort = filled.every((cell) => cell.length <= MAX_NAME && !/[.!?]\s|[{}\n]/.test(cell));
  return isShort && filled.length >= cells.length - 1 && new Set(filled).size === filled.length;
}

/** One column has no delimiter to be known by, only its name. */
function textColumn(candidate: Candidate | undefined, quote: string | null): RowLayout | null {
  const names = candidate?.rows[0] ?? [];
  const isText = names.length === 1 && NAME_OF_TEXT_COLUMN.test(names[0]?.trim() ?? '');
  return isText && candidate !== undefined && candidate.rows.length > 1
    ? layoutOf(candidate, quote, true)
    : null;
}

function layoutOf({ delimiter, rows }: Candidate, quote: string | null, hasHeader: boolean): RowLayout {
  const cells = (rows[0] ?? []).map((cell) => cell.trim());
  const firstAt = new Map(cells.map((name, index) => [name, index] as const).toReversed());
  const isName = (cell: string, index: number) => hasHeader && cell !== '' && firstAt.get(cell) === index;
  return {
    columns: cells.map((cell, index) => (isName(cell, index) ? cell : `#${String(index)}`)),
    hasHeader,
    delimiter,
    quote,
  };
}

/** RFC 4180, but a stray quote inside a cell is text: real files have them. */
export function parserOptions({ delimiter, quote }: { delimiter: string; quote: string | null }) {
  return {
    delimiter,
    quote: quote ?? false,
    escape: quote ?? false,
    record_delimiter: ['\r\n', '\n'] as string[],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
  };
}
