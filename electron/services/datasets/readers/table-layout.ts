import { parse } from 'csv-parse/sync';
import type { TableOptions } from '../../../../src/lib/types/dataset-reading';
import { isFirstRowData } from './first-row';
import { takeSeparatorLine } from './separator-line';

export interface TableLayout {
  readonly columns: readonly string[];
  /** What they would be called by the first row, also where that names nothing. */
  readonly firstRow: readonly string[];
  readonly hasHeader: boolean;
  readonly delimiter: string;
  readonly quote: string | null;
  /** What its first line says of the delimiter, where it is such a line; null where it is a row. */
  readonly separatorLine: string | null;
}

const DELIMITERS = [',', '\t', ';', '|'] as const;
const SAMPLE_ROWS = 30;
const REGULAR_SHARE = 0.6;
const NAMELESS_REGULAR_SHARE = 0.9;
const CERTAIN_ROWS = 6;
const MAX_NAME = 100;
const NAME_OF_TEXT_COLUMN = /^(?:text|content)$/i;

interface Candidate {
  readonly delimiter: string;
  readonly rows: readonly (readonly string[])[];
  /** Rows with as many cells as the first one. */
  readonly regular: number;
}

export interface LayoutHints {
  readonly options?: TableOptions | undefined;
  /** Whether these names say what their columns are, whatever stands below them. */
  readonly areKnown: (names: readonly string[]) => boolean;
  /** Where the file is called a plain text: a few lines with a comma each are no table then. */
  readonly isCalledText?: boolean;
}

/**
 * The layout of a table by the beginning of its text; null for what reads as none. A delimiter must
 * give nearly all rows as many cells as the names in the first row.
 */
export function findLayout(sample: string, hints: LayoutHints): TableLayout | null {
  return findWith(sample, hints, (candidates, { isForced }) => {
    const best = bestOf(candidates.filter((candidate) => isForced || isTable(candidate, hints)));
    return best ?? (isForced ? null : textColumn(candidates[0]));
  });
}

/** That of a table whose first row cannot be one of names; what is no table may look so, too. */
export function findNamelessLayout(sample: string, hints: LayoutHints): TableLayout | null {
  return findWith(sample, hints, (candidates) => bestOf(candidates.filter(isNamelessTable)));
}

type Choose = (candidates: readonly Candidate[], how: { readonly isForced: boolean }) => Candidate | null;

function findWith(
  sample: string,
  { options = {}, areKnown }: LayoutHints,
  choose: Choose,
): TableLayout | null {
  const { delimiter: separatorLine, rest } = takeSeparatorLine(sample);
  const told = options.delimiter ?? separatorLine;
  const quote = quoteOf(options);
  const delimiters = told === null ? DELIMITERS : [told];
  const candidates = delimiters.map((delimiter) => candidateOf(rest, { delimiter, quote }));
  const isForced = told !== null || Object.keys(options).length > 0;
  const best = choose(candidates, { isForced });
  if (best === null) return null;
  const firstRow = namesOf(best.rows[0] ?? []);
  const hasHeader = options.header ?? (areKnown(firstRow) || !isFirstRowData(best.rows));
  const columns = hasHeader ? firstRow : firstRow.map((_, index) => numbered(index));
  return { columns, firstRow, hasHeader, delimiter: best.delimiter, quote, separatorLine };
}

function bestOf(candidates: readonly Candidate[]): Candidate | null {
  return candidates.toSorted((left, right) => scoreOf(right) - scoreOf(left))[0] ?? null;
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

function isTable(candidate: Candidate, { areKnown, isCalledText = false }: LayoutHints): boolean {
  const names = candidate.rows[0] ?? [];
  if (!areNames(names) || !isRegular(candidate, REGULAR_SHARE)) return false;
  return !isCalledText || areKnown(namesOf(names)) || isBeyondChance(candidate);
}

/** A line with a comma is nothing rare in a text; that nearly all of many have as many is. */
function isBeyondChance(candidate: Candidate): boolean {
  return candidate.rows.length >= CERTAIN_ROWS && isRegular(candidate, NAMELESS_REGULAR_SHARE);
}

function isNamelessTable(candidate: Candidate): boolean {
  return isRegular(candidate, NAMELESS_REGULAR_SHARE) && isFirstRowData(candidate.rows);
}

function isRegular({ rows, regular }: Candidate, share: number): boolean {
  const width = rows[0]?.length ?? 0;
  return width > 1 && rows.length > 1 && regular >= rows.length * share;
}

/** Sentences are no names, and names differ; one may be missing, as that of an index is. */
function areNames(cells: readonly string[]): boolean {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  const isShort = filled.every((cell) => cell.length <= MAX_NAME && !/[.!?]\s|[{}\n]/.test(cell));
  return isShort && filled.length >= cells.length - 1 && new Set(filled).size === filled.length;
}

/** One column has no delimiter to be known by, only its name. */
function textColumn(candidate: Candidate | undefined): Candidate | null {
  const names = candidate?.rows[0] ?? [];
  const isText = names.length === 1 && NAME_OF_TEXT_COLUMN.test(names[0]?.trim() ?? '');
  return isText && candidate !== undefined && candidate.rows.length > 1 ? candidate : null;
}

function namesOf(row: readonly string[]): string[] {
  const cells = row.map((cell) => cell.trim());
  const firstAt = new Map(cells.map((name, index) => [name, index] as const).toReversed());
  return cells.map((cell, index) => (cell !== '' && firstAt.get(cell) === index ? cell : numbered(index)));
}

const numbered = (index: number): string => `#${String(index)}`;

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
