import { MAX_SHOWN_CHANGES } from '../../../../src/lib/types/dataset-versions';
import type { ExclusionsAfter } from '../../../../src/lib/types/dataset-versions';
import type { TextFile } from '../import/text-file';
import { GrowingNumbers, HashIndex } from '../import/hash-index';
import { canonicalLines, contentOf, originOf, rawIdOf } from './canonical-lines';
import { RecordMatching } from './record-matching';

interface Exclusions {
  /** Canonical files with all records of the older and of the newer original. */
  readonly from: string;
  readonly to: string;
  /** Ids in the older one. */
  readonly ids: ReadonlySet<string>;
  /** Takes the lines of the newer one that say what an excluded record said. */
  readonly kept: Pick<TextFile, 'write' | 'drain'>;
}

interface FoundExclusions {
  readonly ids: readonly string[];
  readonly told: ExclusionsAfter;
}

/**
 * Finds the records that were left out of one file in a newer one: what says the same, under whatever id. Of a
 * text of which every copy was left out every copy stays out, of others as many as were left out.
 */
export async function matchExclusions(
  { from, to, ids, kept: output }: Exclusions,
  signal: AbortSignal,
): Promise<FoundExclusions> {
  const older = await lookAtOlder({ from, to, ids }, signal);
  const keptIds: string[] = [];
  let place = 0;
  for await (const lines of canonicalLines(to, signal)) {
    for (const line of lines) {
      if (older.keeps(place, line.toString('latin1'))) {
        keptIds.push(originOf(line).id);
        output.write(line);
        output.write('\n');
      }
      place += 1;
    }
    await output.drain();
  }
  const { changed, gone } = older.others();
  return {
    ids: keptIds,
    told: { kept: keptIds.length, changed: changed.size, gone, records: await shownOf(to, changed, signal) },
  };
}

interface LeftOut {
  /** Asked of each record of the newer file once. */
  readonly keeps: (place: number, line: string) => boolean;
  /** Once all were asked: where those stand that have changed, and how many are not there any more. */
  readonly others: () => { readonly changed: ReadonlySet<number>; readonly gone: number };
}

async function lookAtOlder(
  { from, to, ids }: Omit<Exclusions, 'kept'>,
  signal: AbortSignal,
): Promise<LeftOut> {
  const matching = new RecordMatching();
  const copies = new CopiesLeftOut();
  /** Of each record that was left out: its place and the number of its text. */
  const excluded: (readonly [place: number, text: number])[] = [];
  let place = 0;
  for await (const bytes of eachLine(from, signal)) {
    const line = bytes.toString('latin1');
    const isOut = ids.has(originOf(bytes).id);
    matching.addOlder(line);
    const text = copies.add(textOf(line), isOut);
    if (isOut) excluded.push([place, text]);
    place += 1;
  }
  for await (const bytes of eachLine(to, signal)) matching.addNewer(bytes.toString('latin1'));
  const changes = matching.settle().changes.changed();
  const { same, used } = foundAgain(matching, {
    count: place,
    out: new Set(excluded.map(([older]) => older)),
  });
  for (const [older, text] of excluded) if (matching.sameAs(older) !== null) copies.take(text);
  return {
    keeps: (newer, line) => {
      const text = copies.numberOf(textOf(line));
      if (text === null) return false;
      const isKept = same.has(newer) || copies.isWhollyOut(text) || (!used.has(newer) && copies.take(text));
      if (isKept) copies.keep(text);
      return isKept;
    },
    others: () => {
      const missed = excluded.filter(([, text]) => !copies.find(text));
      const changed = new Set(missed.flatMap(([older]) => changes.get(older) ?? []));
      return { changed, gone: missed.length - changed.size };
    },
  };
}

async function* eachLine(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  for await (const lines of canonicalLines(path, signal)) yield* lines;
}

/** Where in the newer file those stand that the older one left out, and those that it used. */
function foundAgain(
  matching: RecordMatching,
  { count, out }: { readonly count: number; readonly out: ReadonlySet<number> },
) {
  const same = new Set<number>();
  const used = new Set<number>();
  for (let older = 0; older < count; older += 1) {
    const newer = matching.sameAs(older);
    if (newer !== null) (out.has(older) ? same : used).add(newer);
  }
  return { same, used };
}

/** How many copies there are of each text, and how many of them were left out. */
class CopiesLeftOut {
  readonly #texts = new HashIndex();
  readonly #used = new GrowingNumbers();
  /** Of those left out: how many may still be found, how many were. */
  readonly #free = new GrowingNumbers();
  readonly #kept = new GrowingNumbers();

  add(text: string, isOut: boolean): number {
    const known = this.#texts.size;
    const number = this.#texts.numberOf(text);
    if (this.#texts.size > known) for (const of of [this.#used, this.#free, this.#kept]) of.push(0);
    raise(isOut ? this.#free : this.#used, number, 1);
    return number;
  }

  /** Null for a text of which nothing was there before. */
  numberOf(text: string): number | null {
    return this.#texts.knownNumberOf(text) ?? null;
  }

  isWhollyOut(text: number): boolean {
    return this.#used.get(text) === 0;
  }

  /** Whether one was left to be taken. */
  take(text: number): boolean {
    if (this.#free.get(text) === 0) return false;
    raise(this.#free, text, -1);
    return true;
  }

  keep(text: number): void {
    raise(this.#kept, text, 1);
  }

  /** Whether one that was kept is left to be told of. */
  find(text: number): boolean {
    if (this.#kept.get(text) === 0) return false;
    raise(this.#kept, text, -1);
    return true;
  }
}

const raise = (numbers: GrowingNumbers, index: number, by: number): void =>
  numbers.set(index, numbers.get(index) + by);

const textOf = (line: string): string => contentOf(line, rawIdOf(line));

async function shownOf(to: string, changed: ReadonlySet<number>, signal: AbortSignal) {
  const records: ExclusionsAfter['records'] = [];
  if (changed.size === 0) return records;
  let place = 0;
  for await (const line of eachLine(to, signal)) {
    if (changed.has(place)) {
      const { id, sourceLine } = originOf(line);
      records.push({ record_id: id, source_line: sourceLine });
      if (records.length >= MAX_SHOWN_CHANGES) break;
    }
    place += 1;
  }
  return records;
}
