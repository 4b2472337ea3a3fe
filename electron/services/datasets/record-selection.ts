import { RecordOrigin } from '../../../src/lib/types/dataset-records';
import type { CanonicalRecord } from '../../../src/lib/types/dataset-records';
import { canonicalLines, originOf } from './compare/canonical-lines';
import { HashSet } from './import/hash-index';
import { isSought, parseRecord } from './record-index';

interface Selection {
  readonly query: string;
  /** Null for all. */
  readonly among: ReadonlySet<string> | null;
  readonly limit: number;
}

export interface SelectedRecords {
  readonly ids: string[];
  /** Where they stand in the file, counted from 0. */
  readonly indexes: number[];
  readonly truncated: boolean;
}

/** Ids of a canonical file's records that fit, in its order; read a little at a time. */
export async function selectRecordIds(
  path: string,
  { query, among, limit }: Selection,
): Promise<SelectedRecords> {
  // As a search does, so that what is selected is what was shown.
  const isAll = query.trim() === '';
  const [ids, indexes]: [string[], number[]] = [[], []];
  let index = -1;
  for await (const lines of canonicalLines(path)) {
    for (const line of lines) {
      index += 1;
      const { id } = originOf(line);
      if (among?.has(id) === false || (!isAll && !isSought(parseRecord(line), query))) continue;
      if (ids.length === limit) return { ids, indexes, truncated: true };
      ids.push(id);
      indexes.push(index);
    }
  }
  return { ids, indexes, truncated: false };
}

const ORIGIN_KEYS: ReadonlySet<string> = new Set(Object.keys(RecordOrigin.shape));

/** Ids of the records whose content an earlier one has already, told as their writer tells them. */
export async function repeatedRecordIds(path: string, limit: number): Promise<SelectedRecords> {
  const seen = new HashSet();
  const [ids, indexes]: [string[], number[]] = [[], []];
  let index = -1;
  for await (const lines of canonicalLines(path)) {
    for (const line of lines) {
      index += 1;
      const record = parseRecord(line);
      const content = Object.entries(record).filter(([key]) => !ORIGIN_KEYS.has(key));
      if (seen.add(JSON.stringify(content))) continue;
      if (ids.length === limit) return { ids, indexes, truncated: true };
      ids.push(record.id);
      indexes.push(index);
    }
  }
  return { ids, indexes, truncated: false };
}

/** The records of these ids, in the order of a canonical file. */
export async function recordsOfIds(path: string, ids: ReadonlySet<string>): Promise<CanonicalRecord[]> {
  const records: CanonicalRecord[] = [];
  for await (const lines of canonicalLines(path))
    for (const line of lines) if (ids.has(originOf(line).id)) records.push(parseRecord(line));
  return records;
}

interface LineSelection {
  readonly lines: ReadonlySet<number>;
  readonly among: ReadonlySet<string> | null;
}

/** Ids of the records that begin on these lines of the original, by line. */
export async function recordsAtLines(
  path: string,
  { lines: wanted, among }: LineSelection,
): Promise<Map<number, string[]>> {
  const found = new Map<number, string[]>();
  for await (const lines of canonicalLines(path)) {
    for (const line of lines) {
      const { id, sourceLine } = originOf(line);
      if (wanted.has(sourceLine) && among?.has(id) !== false)
        found.set(sourceLine, [...(found.get(sourceLine) ?? []), id]);
    }
  }
  return found;
}

/** Of each line of the original how many records begin before it; `lines` ascend. */
export async function placesOfLines(path: string, lines: readonly number[]): Promise<number[]> {
  const before = new Array<number>(lines.length).fill(0);
  for await (const read of canonicalLines(path)) {
    for (const line of read) {
      const after = firstAfter(lines, originOf(line).sourceLine);
      if (after < before.length) before[after] = (before[after] ?? 0) + 1;
    }
  }
  let sum = 0;
  return before.map((count) => (sum += count));
}

function firstAfter(lines: readonly number[], line: number): number {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle] ?? 0) > line) high = middle;
    else low = middle + 1;
  }
  return low;
}
