import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { MAX_LINE_BYTES } from './limits';
import type { BrokenPlace } from './open-source';
import { plainValue, textBytes } from './plain-value';
import type { RawRecord } from './raw-record';

export interface ParquetOutline {
  readonly rows: number;
  /** Of all columns, as the file states it. */
  readonly unpackedBytes: number;
}

const MAX_GROUP_BYTES = 256 * 1024 * 1024;
const ROWS_AT_A_TIME = 512;

/** What a Parquet file says about itself; throws when it is none. */
export async function outlineParquet(path: string): Promise<ParquetOutline> {
  const file = await open(path, 'r');
  try {
    const metadata = await parquetMetadataAsync(await asyncBuffer(file));
    const unpackedBytes = metadata.row_groups.reduce((sum, group) => sum + Number(group.total_byte_size), 0);
    return { rows: Number(metadata.num_rows), unpackedBytes };
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
  /** Rows that are wanted at most; all where it is left out. */
  readonly maxRows?: number | undefined;
}

/** Batches of the rows of a Parquet file; one group of rows is in memory at a time. */
export async function* readParquetRecords(
  { path, signal, onBytes, maxRows = Infinity }: ParquetReading,
  onBreak: (place: BrokenPlace) => void,
): AsyncGenerator<readonly RawRecord[]> {
  const file = await open(path, 'r');
  let row = 0;
  try {
    const buffer = await asyncBuffer(file);
    const metadata = await parquetMetadataAsync(buffer);
    for (const group of metadata.row_groups) {
      signal?.throwIfAborted();
      if (row >= maxRows) return;
      const end = Math.min(row + Number(group.num_rows), maxRows);
      const rows = await groupRows(buffer, metadata, { row, end, sizeBytes: Number(group.total_byte_size) });
      for (let start = 0; start < rows.length; start += ROWS_AT_A_TIME)
        yield rows
          .slice(start, start + ROWS_AT_A_TIME)
          .map((value, index) => rowRecord(value, row + start + index));
      row = end;
      onBytes?.(Math.floor((buffer.byteLength * row) / Math.max(1, Number(metadata.num_rows))));
    }
  } catch (error) {
    signal?.throwIfAborted();
    onBreak({ line: row + 1, reason: parquetDamage(error) });
  } finally {
    await file.close();
  }
}

async function groupRows(
  file: AsyncBuffer,
  metadata: FileMetaData,
  { row, end, sizeBytes }: { row: number; end: number; sizeBytes: number },
): Promise<readonly unknown[]> {
  if (sizeBytes > MAX_GROUP_BYTES)
    throw new Error('a group of rows is larger than 256 MB; write smaller groups');
  return parquetReadObjects({ file, metadata, rowStart: row, rowEnd: end, compressors });
}

function rowRecord(row: unknown, index: number): RawRecord {
  const value = plainValue(row);
  return {
    line: index + 1,
    column: 1,
    pointer: `/${String(index)}`,
    bytes: Buffer.alloc(0),
    tooLong: textBytes(value) > MAX_LINE_BYTES,
    outerDepth: 0,
    context: null,
    parsed: { kind: 'value', value, text: '' },
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
