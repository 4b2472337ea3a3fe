import type { ChangesPage, RecordChange } from '../../../../src/lib/types/dataset-versions';
import { GrowingNumbers } from '../import/hash-index';

const KINDS = ['added', 'removed', 'changed'] as const;
const ABSENT = 0xffff_ffff;
const WIDTH = 4;

/** Where a change stands: the line of the original, and its place in each version, counted from 0. */
interface Places {
  readonly line: number;
  readonly before: number | null;
  readonly after: number | null;
}

export interface PlacedChange extends Places {
  readonly change: RecordChange['change'];
}

/** Every change between two versions, 16 bytes each, so that a million of them can be paged through. */
export class RecordChanges {
  readonly counts = { added: 0, removed: 0, changed: 0 };
  readonly #entries = new GrowingNumbers();

  note(change: RecordChange['change'], { line, before, after }: Places): void {
    this.counts[change] += 1;
    this.#entries.push(line, KINDS.indexOf(change), before ?? ABSENT, after ?? ABSENT);
  }

  /** In the order of the original. */
  page({ offset, limit, change }: ChangesPage): PlacedChange[] {
    const wanted = change === null ? null : KINDS.indexOf(change);
    const entries = this.#entries.values;
    const all = Uint32Array.from({ length: entries.length / WIDTH }, (_, entry) => entry * WIDTH);
    const fitting = wanted === null ? all : all.filter((at) => entries[at + 1] === wanted);
    const lineAt = (at: number) => entries[at] ?? 0;
    fitting.sort((left, right) => lineAt(left) - lineAt(right) || left - right);
    return [...fitting.subarray(offset, offset + limit)].map((at) => this.#placed(at));
  }

  /** Of the older version's records that have changed: where each stands in the newer one. */
  changed(): ReadonlyMap<number, number> {
    const entries = this.#entries.values;
    const found = new Map<number, number>();
    for (let at = 0; at < entries.length; at += WIDTH) {
      const { change, before, after } = this.#placed(at);
      if (change === 'changed' && before !== null && after !== null) found.set(before, after);
    }
    return found;
  }

  #placed(at: number): PlacedChange {
    const [line, kind, before, after] = [0, 1, 2, 3].map((part) => this.#entries.get(at + part));
    const change = KINDS[kind ?? 0] ?? 'changed';
    return { line: line ?? 0, change, before: placeOf(before), after: placeOf(after) };
  }
}

const placeOf = (number: number | undefined): number | null =>
  number === undefined || number === ABSENT ? null : number;
