import { CanonicalRecord } from '../../../../src/lib/types/dataset-records';
import { MAX_SHOWN_CHANGES } from '../../../../src/lib/types/dataset-versions';
import type { RecordChange, VersionDiff } from '../../../../src/lib/types/dataset-versions';
import { GrowingNumbers, HashIndex, hash64 } from '../import/hash-index';
import { canonicalLines, rawIdOf } from './canonical-lines';

/** Paths of two canonical files. */
export interface ComparisonRequest {
  readonly from: string;
  readonly to: string;
}

export type RecordDiff = Omit<VersionDiff, 'from' | 'to'>;

/** Two versions of one dataset, compared. `compareVersions` is one of these, and so is what a thread makes. */
export type ComparisonRunner = (request: ComparisonRequest, signal: AbortSignal) => Promise<RecordDiff>;

/** Of the shown records on each side: a few may be as long as a line may be. */
const SHOWN_BYTES = 16 * 1024 * 1024;

interface FoundChange {
  readonly change: RecordChange['change'];
  readonly before: Buffer | null;
  readonly after: Buffer | null;
}

/**
 * Compares records by their ids, whatever they are made of. Both files are read a little at a time; a
 * record is kept as 64 bits of its id and 64 of its line, so that a million of them take 40 MB.
 */
export async function compareVersions(
  { from, to }: ComparisonRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<RecordDiff> {
  const known = await readKnown(from, signal);
  const found = await readOther(to, known, signal);
  const removed = known.count - found.changed - found.unchanged;
  const shown = await withBefore(from, { found, known, removed }, signal);
  const { added, changed, unchanged } = found;
  return { added, removed, changed, unchanged, records: firstChanges(shown) };
}

class KnownRecords {
  readonly ids = new HashIndex();
  private readonly contents = new GrowingNumbers();
  private readonly met = new GrowingNumbers();

  get count(): number {
    return this.met.values.length;
  }

  add(line: string): void {
    this.ids.numberOf(rawIdOf(line));
    this.contents.push(...hash64(line));
    this.met.push(0);
  }

  meet(number: number, line: string): 'changed' | 'unchanged' {
    this.met.set(number, 1);
    const [high, low] = hash64(line);
    const isSame = this.contents.get(number * 2) === high && this.contents.get(number * 2 + 1) === low;
    return isSame ? 'unchanged' : 'changed';
  }

  isMet(number: number): boolean {
    return this.met.get(number) === 1;
  }
}

async function readKnown(path: string, signal: AbortSignal): Promise<KnownRecords> {
  const known = new KnownRecords();
  for await (const lines of canonicalLines(path, signal))
    for (const line of lines) known.add(line.toString('latin1'));
  return known;
}

class FoundRecords {
  added = 0;
  changed = 0;
  unchanged = 0;
  readonly first = new FirstLines();
  /** Of the first changed records: their numbers in the older version. */
  readonly changedNumbers: (number | null)[] = [];

  note(number: number | null, line: Buffer, state: 'added' | 'changed'): void {
    this[state] += 1;
    if (this.first.keep(line)) this.changedNumbers.push(number);
  }

  get changedShown(): number {
    return this.changedNumbers.filter((number) => number !== null).length;
  }
}

/** Copies of the first lines of many, as far as memory allows. */
class FirstLines {
  readonly lines: Buffer[] = [];
  private bytes = 0;

  keep(line: Buffer): boolean {
    if (this.lines.length >= MAX_SHOWN_CHANGES || this.bytes > SHOWN_BYTES) return false;
    this.bytes += line.length;
    this.lines.push(Buffer.from(line));
    return true;
  }
}

async function readOther(path: string, known: KnownRecords, signal: AbortSignal): Promise<FoundRecords> {
  const found = new FoundRecords();
  for await (const lines of canonicalLines(path, signal)) {
    for (const line of lines) {
      const text = line.toString('latin1');
      const number = known.ids.knownNumberOf(rawIdOf(text));
      const state = number === null ? 'added' : known.meet(number, text);
      if (state === 'unchanged') found.unchanged += 1;
      else found.note(number, line, state);
    }
  }
  return found;
}

interface Comparison {
  readonly found: FoundRecords;
  readonly known: KnownRecords;
  readonly removed: number;
}

/** The older half of the changed records, and the first of the removed ones. */
async function withBefore(
  path: string,
  { found, known, removed }: Comparison,
  signal: AbortSignal,
): Promise<FoundChange[]> {
  const wanted = new Set(found.changedNumbers);
  const before = new Map<number | null, Buffer>();
  const [old, gone] = [new FirstLines(), new FirstLines()];
  const isDone = () =>
    before.size === found.changedShown && gone.lines.length === Math.min(removed, MAX_SHOWN_CHANGES);
  let number = 0;
  for await (const lines of canonicalLines(path, signal)) {
    if (isDone()) break;
    for (const line of lines) {
      if (wanted.has(number) && old.keep(line)) before.set(number, old.lines.at(-1) ?? line);
      if (!known.isMet(number)) gone.keep(line);
      number += 1;
    }
  }
  const others = found.first.lines.map((after, index): FoundChange => {
    const oldNumber = found.changedNumbers[index] ?? null;
    if (oldNumber === null) return { change: 'added', before: null, after };
    return { change: 'changed', before: before.get(oldNumber) ?? null, after };
  });
  return [
    ...others.filter((change) => change.change === 'added' || change.before !== null),
    ...gone.lines.map((line): FoundChange => ({ change: 'removed', before: line, after: null })),
  ];
}

function firstChanges(found: readonly FoundChange[]): RecordChange[] {
  return found
    .map(recordChange)
    .toSorted((left, right) => left.source_line - right.source_line)
    .slice(0, MAX_SHOWN_CHANGES);
}

function recordChange({ change, before, after }: FoundChange): RecordChange {
  const [old, young] = [parsed(before), parsed(after)];
  const { id, source_line } = young ?? old ?? { id: '', source_line: 1 };
  return { record_id: id, source_line, change, before: old, after: young };
}

function parsed(line: Buffer | null): CanonicalRecord | null {
  return line === null ? null : CanonicalRecord.parse(JSON.parse(line.toString('utf8')));
}
