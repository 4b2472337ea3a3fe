import { CanonicalRecord } from '../../../../src/lib/types/dataset-records';
import { FIRST_CHANGES } from '../../../../src/lib/types/dataset-versions';
import type { ChangesPage, RecordChange, VersionDiff } from '../../../../src/lib/types/dataset-versions';
import { GrowingNumbers, HashIndex, hash64 } from '../import/hash-index';
import { shortened } from '../import/short-record';
import { canonicalLines, rawIdOf, sourceLineOf } from './canonical-lines';
import { RecordChanges } from './record-changes';
import type { PlacedChange } from './record-changes';

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
 * Compares records by their ids, whatever they are made of. Both files are read a little at a time; a
 * record is kept as 64 bits of its id, 64 of its line and its place, so that a million of them take 60 MB.
 */
export async function compareVersions(
  { from, to, page = FIRST_CHANGES }: ComparisonRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<RecordDiff> {
  const known = await readKnown(from, signal);
  const { changes, unchanged } = await readOther(to, known, signal);
  const shown = changes.page(page);
  const before = await readAt(from, placesIn(shown, 'before'), signal);
  const after = await readAt(to, placesIn(shown, 'after'), signal);
  return {
    ...changes.counts,
    unchanged,
    records: shown.map((change) => recordChange(change, { before, after })),
  };
}

class KnownRecords {
  readonly ids = new HashIndex();
  private readonly contents = new GrowingNumbers();
  private readonly lines = new GrowingNumbers();
  private readonly met = new GrowingNumbers();

  add(line: string): void {
    const rawId = rawIdOf(line);
    this.ids.numberOf(rawId);
    this.contents.push(...hash64(line));
    this.lines.push(sourceLineOf(line, rawId));
    this.met.push(0);
  }

  meet(number: number, line: string): 'changed' | 'unchanged' {
    this.met.set(number, 1);
    const [high, low] = hash64(line);
    const isSame = this.contents.get(number * 2) === high && this.contents.get(number * 2 + 1) === low;
    return isSame ? 'unchanged' : 'changed';
  }

  noteRemoved(changes: RecordChanges): void {
    for (const [before, met] of this.met.values.entries())
      if (met === 0) changes.note('removed', { line: this.lines.get(before), before, after: null });
  }
}

async function readKnown(path: string, signal: AbortSignal): Promise<KnownRecords> {
  const known = new KnownRecords();
  for await (const lines of canonicalLines(path, signal))
    for (const line of lines) known.add(line.toString('latin1'));
  return known;
}

interface FoundChanges {
  readonly changes: RecordChanges;
  readonly unchanged: number;
}

async function readOther(path: string, known: KnownRecords, signal: AbortSignal): Promise<FoundChanges> {
  const changes = new RecordChanges();
  let [after, unchanged] = [0, 0];
  for await (const lines of canonicalLines(path, signal)) {
    for (const each of lines) {
      const text = each.toString('latin1');
      const rawId = rawIdOf(text);
      const before = known.ids.knownNumberOf(rawId);
      const state = before === null ? 'added' : known.meet(before, text);
      if (state === 'unchanged') unchanged += 1;
      else changes.note(state, { line: sourceLineOf(text, rawId), before, after });
      after += 1;
    }
  }
  known.noteRemoved(changes);
  return { changes, unchanged };
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
        const record = CanonicalRecord.parse(JSON.parse(line.toString('utf8')));
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
