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

/** A row as the library gives it; the bytes of its cells. */
interface ParsedRow {
  readonly record: readonly Buffer[];
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
    encoding: null,
    info: true,
    from_line: layout.separatorLine === null ? 1 : 2,
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

function rowRecord({ record: cells, info }: ParsedRow, layout: TableLayout, row: number): RawRecord {
  const parsed = rowValue(cells, layout.columns);
  return {
    line: info.lines - breaksIn(cells),
    column: 1,
    pointer: `/${String(row)}`,
    bytes: parsed.kind === 'fault' ? beginning(cells, layout) : NO_BYTES,
    tooLong: lengthOf(cells) > MAX_LINE_BYTES,
    outerDepth: 0,
    context: null,
    parsed,
  };
}

const NO_BYTES = Buffer.alloc(0);
const SHOWN_BYTES = 256;
const LINE_BREAK = 0x0a;

/** Only of what cannot be read does anyone ask for its bytes. */
function beginning(cells: readonly Buffer[], { delimiter }: TableLayout): Buffer {
  const first = cells.map((cell) => cell.subarray(0, SHOWN_BYTES).toString('latin1')).join(delimiter);
  return Buffer.from(first.slice(0, SHOWN_BYTES), 'latin1');
}

const lengthOf = (cells: readonly Buffer[]): number =>
  cells.reduce((length, cell) => length + cell.length + 1, 0);

function breaksIn(cells: readonly Buffer[]): number {
  let breaks = 0;
  for (const cell of cells)
    for (let at = cell.indexOf(LINE_BREAK); at >= 0; at = cell.indexOf(LINE_BREAK, at + 1)) breaks += 1;
  return breaks;
}

function rowValue(cells: readonly Buffer[], columns: readonly string[]): ParsedJson {
  if (!cells.every((cell) => isUtf8(cell))) return { kind: 'fault', fault: NOT_UTF8 };
  if (cells.length !== columns.length) return { kind: 'fault', fault: wrongWidth(cells.length, columns) };
  const value = Object.fromEntries(
    columns.map((column, index) => [column, cells[index]?.toString('utf8') ?? '']),
  );
  return { kind: 'value', value };
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
