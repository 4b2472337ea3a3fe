import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { parquetMetadataAsync } from 'hyparquet';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { MAX_LINE_BYTES } from './limits';
import { NOT_UTF8, TOO_MANY_PARTS, parsedValue } from './parse-json';
import type { ParseFault, ParsedJson } from './parse-json';
import type { BrokenPlace } from './open-source';
import { parquetColumns, unclearName } from './parquet-columns';
import { parquetSlices } from './parquet-slices';
import type { ParquetSlice } from './parquet-slices';
import { jsonBytes, plainValue, unreadableIn } from './plain-value';
import type { RawRecord } from './raw-record';

export interface ParquetOutline {
  readonly columns: readonly string[];
  /** In at least one column; what the file says of itself is plain. */
  readonly isEncrypted: boolean;
  /** One that does not say which column is meant. */
  readonly unclear: string | null;
  /** At least, as the file states its columns and its rows. */
  readonly unpackedBytes: number;
}

const ROWS_AT_A_TIME = 512;
const BYTES_AT_A_TIME = 4 * 1024 * 1024;

/** What a Parquet file says about itself; throws when it is none. */
export async function outlineParquet(path: string): Promise<ParquetOutline> {
  const file = await open(path, 'r');
  try {
    const metadata = await parquetMetadataAsync(await asyncBuffer(file));
    const all = parquetColumns(metadata);
    const columns = all.map(({ name }) => name);
    const columnBytes = metadata.row_groups.reduce((sum, group) => sum + Number(group.total_byte_size), 0);
    const emptyRow = Object.fromEntries(columns.map((column) => [column, null]));
    const rowBytes = Number(metadata.num_rows) * jsonBytes(emptyRow);
    const unpackedBytes = Math.max(columnBytes, rowBytes);
    return { columns, isEncrypted: isEncrypted(metadata), unclear: unclearName(all), unpackedBytes };
  } finally {
    await file.close();
  }
}

function isEncrypted({ row_groups }: FileMetaData): boolean {
  return row_groups.some(({ columns }) => columns.some((column) => column.crypto_metadata !== undefined));
}

const SEAL = 'PARE';

/** Whether even what the file says of itself is encrypted. A text may begin so, too. */
export async function isSealedParquet(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const buffer = await asyncBuffer(file);
    const last = Math.max(0, buffer.byteLength - SEAL.length);
    const ends = [await buffer.slice(0, SEAL.length), await buffer.slice(last)];
    return ends.every((end) => Buffer.from(end).toString('latin1') === SEAL);
  } finally {
    await file.close();
  }
}

/** In the library's words, unless it stumbled: a failure of its own code says nothing about the file. */
export function parquetDamage(error: unknown): string {
  const hasStumbled = error instanceof TypeError || error instanceof RangeError;
  return error instanceof Error && !hasStumbled
    ? error.message
    : 'what it says of its columns makes no sense';
}

interface ParquetReading {
  readonly path: string;
  readonly signal?: AbortSignal;
  readonly onBytes?: (total: number) => void;
  /** Called with the number of bytes that its rows take as records; throws to stop. */
  readonly onUnpacked?: ((total: number) => void) | undefined;
  /** Of texts that are no UTF-8. */
  readonly encoding?: string;
  /** Rows that are wanted at most; all where it is left out. */
  readonly maxRows?: number | undefined;
}

/** Batches of the rows of a Parquet file; a part of a group of rows is in memory at a time. */
export async function* readParquetRecords(
  reading: ParquetReading,
  onBreak: (place: BrokenPlace) => void,
): AsyncGenerator<readonly RawRecord[]> {
  let unpackedBytes = 0;
  for await (const slice of soundSlices(reading, onBreak))
    for (const batch of batchesOf(slice)) {
      reading.signal?.throwIfAborted();
      unpackedBytes += batch.sizeBytes;
      reading.onUnpacked?.(unpackedBytes);
      yield batch.records;
    }
}

/** Until the first that cannot be read. */
async function* soundSlices(
  { path, signal, onBytes, encoding, maxRows = Infinity }: ParquetReading,
  onBreak: (place: BrokenPlace) => void,
): AsyncGenerator<ParquetSlice> {
  const file = await open(path, 'r');
  let row = 0;
  try {
    const buffer = await asyncBuffer(file);
    const metadata = await parquetMetadataAsync(buffer);
    for await (const slice of parquetSlices(buffer, { metadata, maxRows, encoding })) {
      signal?.throwIfAborted();
      yield slice;
      row = slice.first + slice.count;
      onBytes?.(Math.floor((buffer.byteLength * row) / Math.max(1, Number(metadata.num_rows))));
    }
  } catch (error) {
    signal?.throwIfAborted();
    onBreak({ line: row + 1, reason: parquetDamage(error) });
  } finally {
    await file.close();
  }
}

interface Batch {
  readonly records: readonly RawRecord[];
  readonly sizeBytes: number;
}

/** Small ones where rows are long: a few bytes of a file may be the text of each. */
function* batchesOf(slice: ParquetSlice): Generator<Batch> {
  let records: RawRecord[] = [];
  let sizeBytes = 0;
  for (let index = 0; index < slice.count; index += 1) {
    const read = rowRecord(slice, index);
    records.push(read.record);
    sizeBytes += read.sizeBytes;
    if (records.length < ROWS_AT_A_TIME && sizeBytes < BYTES_AT_A_TIME) continue;
    yield { records, sizeBytes };
    records = [];
    sizeBytes = 0;
  }
  yield { records, sizeBytes };
}

interface RowRecord {
  readonly record: RawRecord;
  readonly sizeBytes: number;
}

function rowRecord(slice: ParquetSlice, index: number): RowRecord {
  const at = slice.first + index;
  if (slice.isCut(index)) return { record: record(at, { parsed: refused(TOO_MANY_PARTS) }), sizeBytes: 0 };
  const cells = slice.row(index);
  const value = plainValue(cells);
  const sizeBytes = jsonBytes(value);
  const tooLong = sizeBytes > MAX_LINE_BYTES;
  const unreadable = unreadableIn(cells);
  if (unreadable === null) return { record: record(at, { tooLong, parsed: parsedValue(value) }), sizeBytes };
  const bytes = Buffer.from(unreadable.bytes);
  return { record: record(at, { tooLong, bytes, parsed: refused(NOT_UTF8) }), sizeBytes };
}

const refused = (fault: ParseFault): ParsedJson => ({ kind: 'fault', fault });

function record(index: number, more: Pick<RawRecord, 'parsed'> & Partial<RawRecord>): RawRecord {
  return {
    line: index + 1,
    column: 1,
    pointer: `/${String(index)}`,
    bytes: Buffer.alloc(0),
    tooLong: false,
    outerDepth: 0,
    context: null,
    ...more,
  };
}

async function asyncBuffer(file: FileHandle): Promise<AsyncBuffer> {
  const { size } = await file.stat();
  return {
    byteLength: size,
    slice: async (start, end = size) => {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
      await file.read(bytes, 0, bytes.length, start);
      return bytes.buffer;
    },
  };
}
