import { canonicalLines, originOf } from './compare/canonical-lines';
import { holdsText, parseRecord } from './record-index';

interface Selection {
  readonly query: string;
  /** Null for all. */
  readonly among: ReadonlySet<string> | null;
  readonly limit: number;
}

/** Ids of a canonical file's records that fit, in its order; read a little at a time. */
export async function selectRecordIds(
  path: string,
  { query, among, limit }: Selection,
): Promise<{ ids: string[]; truncated: boolean }> {
  // As a search does, so that what is selected is what was shown.
  const wanted = query.trim() === '' ? '' : query.toLowerCase();
  const ids: string[] = [];
  for await (const lines of canonicalLines(path)) {
    for (const line of lines) {
      const { id } = originOf(line);
      if (among?.has(id) === false || (wanted !== '' && !holdsText(parseRecord(line), wanted))) continue;
      if (ids.length === limit) return { ids, truncated: true };
      ids.push(id);
    }
  }
  return { ids, truncated: false };
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
