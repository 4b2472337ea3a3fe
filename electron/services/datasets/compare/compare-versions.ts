import { dirname, join } from 'node:path';
import type { CanonicalRecord } from '../../../../src/lib/types/dataset-records';
import { FIRST_CHANGES } from '../../../../src/lib/types/dataset-versions';
import type { ChangesPage, RecordChange, VersionDiff } from '../../../../src/lib/types/dataset-versions';
import { isMissing } from '../../trainer/file-errors';
import { AS_READ_FILE } from '../dataset-files';
import { RecordAsRead } from '../import/as-read';
import { shortened } from '../import/short-record';
import { parseShown } from '../shown-record';
import { canonicalLines } from './canonical-lines';
import type { PlacedChange } from './record-changes';
import { RecordMatching } from './record-matching';

/** Paths of two canonical files, and which of their changes are to be shown; the first where it is not said. */
export interface ComparisonRequest {
  readonly from: string;
  readonly to: string;
  readonly page?: ChangesPage | undefined;
}

export type RecordDiff = Omit<VersionDiff, 'from' | 'to'>;

/** Two versions of one dataset, compared. `compareVersions` is one of these, and so is what a thread makes. */
export type ComparisonRunner = (request: ComparisonRequest, signal: AbortSignal) => Promise<RecordDiff>;

/** Of the records shown whole on each side: a few may be as long as a line may be. */
const SHOWN_BYTES = 16 * 1024 * 1024;

/**
 * Compares records by their ids, whatever they are made of, and by what they say: one that only stands on
 * another line is unchanged, and so is one without an id of its own that only counts anew. Both files are read
 * a little at a time; a million records take less than 200 MB (`worker-compare.test.ts`).
 */
export async function compareVersions(
  { from, to, page = FIRST_CHANGES }: ComparisonRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<RecordDiff> {
  const matching = new RecordMatching();
  await eachLine(from, signal, (line) => matching.addOlder(line));
  await eachLine(to, signal, (line) => matching.addNewer(line));
  const { changes, unchanged } = matching.settle();
  const shown = changes.page(page);
  const before = await readAt(from, placesIn(shown, 'before'), signal);
  const after = await readAt(to, placesIn(shown, 'after'), signal);
  const records = shown.map((change) => recordChange(change, { before, after }));
  return { ...changes.counts, unchanged, records: await withRefused(records, to, signal) };
}

/** Those that were refused before, with what stands of them in the original; only of an edit that is looked at. */
async function withRefused(
  records: readonly RecordChange[],
  to: string,
  signal: AbortSignal,
): Promise<RecordChange[]> {
  const added = new Set(records.flatMap(({ change, record_id }) => (change === 'added' ? record_id : [])));
  const found = new Map<string, RecordChange['as_read']>();
  let bytes = 0;
  for await (const line of linesBeside(to, { added, signal })) {
    const { id, lines } = RecordAsRead.parse(JSON.parse(line.toString('utf8')));
    if (!added.has(id) || bytes > SHOWN_BYTES) continue;
    found.set(id, lines);
    bytes += line.length;
  }
  return records.map((record) => {
    const as_read = record.change === 'added' ? found.get(record.record_id) : undefined;
    return as_read === undefined ? record : { ...record, as_read };
  });
}

async function* linesBeside(
  to: string,
  { added, signal }: { readonly added: ReadonlySet<string>; readonly signal: AbortSignal },
): AsyncGenerator<Buffer> {
  if (added.size === 0) return;
  try {
    for await (const lines of canonicalLines(join(dirname(to), AS_READ_FILE), signal)) yield* lines;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** As Latin-1, in which a line's bytes stand one by one. */
async function eachLine(path: string, signal: AbortSignal, take: (line: string) => void): Promise<void> {
  for await (const lines of canonicalLines(path, signal))
    for (const line of lines) take(line.toString('latin1'));
}

const placesIn = (shown: readonly PlacedChange[], side: 'before' | 'after'): ReadonlySet<number> =>
  new Set(shown.flatMap((change) => change[side] ?? []));

type RecordsByPlace = ReadonlyMap<number, CanonicalRecord>;

/** The records at some places of a file; the first of them whole, the beginnings of what memory does not hold. */
async function readAt(
  path: string,
  places: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<RecordsByPlace> {
  const records = new Map<number, CanonicalRecord>();
  let [place, bytes] = [0, 0];
  for await (const lines of canonicalLines(path, signal)) {
    if (records.size === places.size) break;
    for (const line of lines) {
      if (places.has(place)) {
        const record = parseShown(line.toString('utf8'));
        records.set(place, bytes > SHOWN_BYTES ? shortened(record) : record);
        bytes += line.length;
      }
      place += 1;
    }
  }
  return records;
}

function recordChange(
  { change, line, before, after }: PlacedChange,
  records: { readonly before: RecordsByPlace; readonly after: RecordsByPlace },
): RecordChange {
  const old = before === null ? null : (records.before.get(before) ?? null);
  const young = after === null ? null : (records.after.get(after) ?? null);
  return { record_id: (young ?? old)?.id ?? '', source_line: line, change, before: old, after: young };
}
