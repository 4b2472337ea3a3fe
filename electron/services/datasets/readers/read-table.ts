import { isUtf8 } from 'node:buffer';
import { parse } from 'csv-parse';
import type { CsvError } from 'csv-parse';
import { MAX_LINE_BYTES } from './limits';
import type { BrokenPlace } from './open-source';
import { NOT_UTF8 } from './parse-json';
import type { ParsedJson } from './parse-json';
import type { RawRecord } from './raw-record';
import { parserOptions } from './table-layout';
import type { TableLayout } from './table-layout';
import { throughStream } from './through-stream';

/** A row as the library gives it: cells are bytes, one character each. */
interface ParsedRow {
  readonly record: readonly string[];
  readonly raw: string;
  /** `lines` is that of the row's end. */
  readonly info: { readonly lines: number };
}

/** Batches of the rows of a delimited text, each an object by the names of its columns. */
export async function* readTableRecords(
  chunks: AsyncIterable<Buffer>,
  layout: TableLayout,
  onBreak: (place: BrokenPlace) => void,
): AsyncGenerator<readonly RawRecord[]> {
  const progress: Progress = { isOpen: false, line: 1, rows: 0, hasSeenHeader: false };
  const parser = parse({
    ...parserOptions(layout),
    // Bytes stay bytes here, so that each cell can be checked for what is no UTF-8.
    encoding: 'latin1',
    info: true,
    raw: true,
    on_skip: (error: CsvError | undefined) => {
      progress.isOpen = error?.code === 'CSV_QUOTE_NOT_CLOSED';
    },
  });
  let pending = 0;
  const measured = measure(chunks, (length) => {
    pending += length;
    return pending <= MAX_LINE_BYTES;
  });
  for await (const rows of throughStream<ParsedRow>(measured, parser)) {
    if (rows.length > 0) pending = 0;
    yield rows.flatMap((row) => takeRow(row, layout, progress));
  }
  if (progress.isOpen || pending > MAX_LINE_BYTES)
    onBreak({ line: progress.line, reason: 'a quote that is opened here is never closed' });
}

interface Progress {
  isOpen: boolean;
  /** Where the next row begins. */
  line: number;
  rows: number;
  hasSeenHeader: boolean;
}

function takeRow(row: ParsedRow, layout: TableLayout, progress: Progress): RawRecord[] {
  progress.line = row.info.lines + 1;
  if (layout.hasHeader && !progress.hasSeenHeader) {
    progress.hasSeenHeader = true;
    return [];
  }
  progress.rows += 1;
  return [rowRecord(row, layout, progress.rows - 1)];
}

/** Ends the text where one row would take more memory than any record may. */
async function* measure(
  chunks: AsyncIterable<Buffer>,
  mayGoOn: (length: number) => boolean,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    if (!mayGoOn(chunk.length)) return;
    yield chunk;
  }
}

function rowRecord({ record: cells, raw, info }: ParsedRow, layout: TableLayout, row: number): RawRecord {
  const inner = raw.trim().split('\n').length - 1;
  return {
    line: info.lines - inner,
    column: 1,
    pointer: `/${String(row)}`,
    bytes: Buffer.from(raw.slice(0, SHOWN_BYTES), 'latin1'),
    tooLong: raw.length > MAX_LINE_BYTES,
    outerDepth: 0,
    context: null,
    parsed: rowValue(cells, raw, layout.columns),
  };
}

const SHOWN_BYTES = 256;
const NON_ASCII = /[^\0-\x7f]/;

function rowValue(cells: readonly string[], raw: string, columns: readonly string[]): ParsedJson {
  if (NON_ASCII.test(raw) && !isUtf8(Buffer.from(raw, 'latin1'))) return { kind: 'fault', fault: NOT_UTF8 };
  if (cells.length !== columns.length) return { kind: 'fault', fault: wrongWidth(cells.length, columns) };
  const value = Object.fromEntries(columns.map((column, index) => [column, cellText(cells[index] ?? '')]));
  return { kind: 'value', value, text: '' };
}

function cellText(cell: string): string {
  return NON_ASCII.test(cell) ? Buffer.from(cell, 'latin1').toString('utf8') : cell;
}

function wrongWidth(found: number, columns: readonly string[]) {
  return {
    type: 'missing_field',
    path: null,
    offset: null,
    error: `The row has ${String(found)} cells; the table has ${String(columns.length)} columns.`,
    suggestion: 'Put cells that hold the delimiter or a line break in quotes, or complete the row.',
  } as const;
}
