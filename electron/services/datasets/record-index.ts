import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { lineSought, wordsSought } from '../../../src/lib/line-sought';
import { CanonicalRecord } from '../../../src/lib/types/dataset-records';
import { Count } from '../../../src/lib/types/primitives';
import { textsOf } from '../../../src/lib/types/record-turns';
import { RECORDS_FILE, RECORDS_INDEX_FILE } from './dataset-files';
import { INDEX_ENTRY_BYTES } from './import/canonical-writer';
import { fileChunks } from './readers/file-chunks';
import { readLineRecords } from './readers/read-lines';
import { parseShown } from './shown-record';

/** `index` counts from 0 in the whole file. */
export const RecordsPage = z.object({
  total: Count,
  records: z.array(z.object({ index: Count, record: CanonicalRecord })),
});
export type RecordsPage = z.infer<typeof RecordsPage>;

export interface PageRequest {
  readonly offset: number;
  readonly limit: number;
}

/** Records by position: two reads each, however long the file. */
export async function readRecordsPage(
  versionDir: string,
  { offset, limit }: PageRequest,
): Promise<RecordsPage> {
  const index = await open(join(versionDir, RECORDS_INDEX_FILE), 'r');
  try {
    const { size } = await index.stat();
    const total = Math.max(0, size / INDEX_ENTRY_BYTES - 1);
    const count = Math.max(0, Math.min(limit, total - offset));
    if (count === 0) return { total, records: [] };
    const offsets = await readOffsets(index, { first: offset, count: count + 1 });
    return { total, records: await readBetween(versionDir, { offsets, first: offset }) };
  } finally {
    await index.close();
  }
}

async function readOffsets(
  index: FileHandle,
  { first, count }: { first: number; count: number },
): Promise<number[]> {
  const bytes = Buffer.alloc(count * INDEX_ENTRY_BYTES);
  await index.read(bytes, 0, bytes.length, first * INDEX_ENTRY_BYTES);
  return Array.from({ length: count }, (_, entry) => bytes.readUIntLE(entry * INDEX_ENTRY_BYTES, 6));
}

async function readBetween(
  versionDir: string,
  { offsets, first }: { offsets: readonly number[]; first: number },
): Promise<RecordsPage['records']> {
  const file = await open(join(versionDir, RECORDS_FILE), 'r');
  try {
    const start = offsets[0] ?? 0;
    const bytes = Buffer.alloc((offsets.at(-1) ?? start) - start);
    await file.read(bytes, 0, bytes.length, start);
    return offsets.slice(0, -1).map((from, position) => ({
      index: first + position,
      record: parseRecord(bytes.subarray(from - start, (offsets[position + 1] ?? from) - start)),
    }));
  } finally {
    await file.close();
  }
}

/** Records of a line, or with a text in one of their messages. Reads the whole file, a little at a time. */
export async function searchRecords(
  path: string,
  { offset, limit, query }: PageRequest & { readonly query: string },
): Promise<RecordsPage> {
  const records: { index: number; record: CanonicalRecord }[] = [];
  let index = -1;
  let total = 0;
  for await (const batch of readLineRecords(fileChunks(path))) {
    for (const { bytes } of batch) {
      index += 1;
      const record = parseRecord(bytes);
      if (!isSought(record, query)) continue;
      if (total >= offset && records.length < limit) records.push({ index, record });
      total += 1;
    }
  }
  return { total, records };
}

/** Whether a record begins on the line that is meant, else whether it holds the words, in any case. */
export function isSought(record: CanonicalRecord, query: string): boolean {
  const line = lineSought(query);
  if (line !== null) return record.source_line === line;
  const wanted = wordsSought(query).toLowerCase();
  return textsOf(record).some((text) => text.toLowerCase().includes(wanted));
}

export function parseRecord(bytes: Buffer): CanonicalRecord {
  return parseShown(bytes.toString('utf8'));
}
