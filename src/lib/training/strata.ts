const KINDS = 3;
/** Enough to find one that serves several strata; looked at all, a million records would take minutes. */
const COMPARED = 32;

/** Groups in a walk, each with the hashes of its persona, arc and topic before that of its own name. */
interface StratifiedGroups {
  readonly records: ArrayLike<number>;
  readonly orders: ArrayLike<number>;
}

interface StratifiedWalk extends StratifiedGroups {
  /** Sorted by the strata, in seeded order within. */
  readonly walk: Uint32Array;
  /** How many records there are to hold out. */
  readonly wanted: number;
}

/** Whether all groups are of the same persona, arc and topic, or of none. */
export const isOneStratum = (orders: ArrayLike<number>, walk: Uint32Array): boolean =>
  walk.every((group) => hasSameStrata(orders, group, walk[0] ?? 0));

const hashOf = (orders: ArrayLike<number>, group: number, kind: number): number =>
  orders[group * (KINDS + 1) + kind] ?? 0;

const hasSameStrata = (orders: ArrayLike<number>, one: number, other: number): boolean =>
  hashOf(orders, one, 0) === hashOf(orders, other, 0) &&
  hashOf(orders, one, 1) === hashOf(orders, other, 1) &&
  hashOf(orders, one, 2) === hashOf(orders, other, 2);

/**
 * Marks the groups that are held out: again and again one of the stratum that still wants most records, the
 * one that serves its other strata best. Iterative stratification, Sechidis, Tsoumakas and Vlahavas 2011;
 * theirs begins with the rarest label, of which one with less than a record to hold out would never get any.
 */
export function holdOutOfStrata(groups: StratifiedWalk, isHeldOut: Uint8Array): void {
  const cells = new Cells(groups);
  const strata = new Strata(cells, groups);
  let left = groups.wanted;
  // A group is held out only where that brings the held-out records nearer to what is wanted.
  while (left > 0.5) {
    const stratum = strata.mostWanting();
    if (stratum === null) return;
    const cell = strata.bestCellOf(stratum, left);
    if (cell === null) {
      strata.drop(stratum);
      continue;
    }
    const group = cells.take(cell);
    const records = groups.records[group] ?? 0;
    isHeldOut[group] = 1;
    left -= records;
    strata.serve(cell, records);
  }
}

/** Runs of groups of the same persona, arc and topic; each gives its groups in seeded order. */
class Cells {
  readonly count: number;
  /** Where each begins in the walk, and at last where the last one ends. */
  readonly starts: Uint32Array;
  readonly #next: Uint32Array;
  readonly #groups: StratifiedWalk;

  constructor(groups: StratifiedWalk) {
    const { walk, orders } = groups;
    const starts = new Uint32Array(walk.length + 1);
    let count = 0;
    for (const [place, group] of walk.entries())
      if (place === 0 || !hasSameStrata(orders, group, walk[place - 1] ?? 0)) starts[count++] = place;
    starts[count] = walk.length;
    this.count = count;
    this.starts = starts.slice(0, count + 1);
    this.#next = this.starts.slice();
    this.#groups = groups;
  }

  groupAt(place: number): number {
    return this.#groups.walk[place] ?? 0;
  }

  take(cell: number): number {
    const place = this.#next[cell] ?? 0;
    this.#next[cell] = place + 1;
    return this.groupAt(place);
  }

  /** Whether a group is left that is not too large; those that are will never be small enough. */
  has(cell: number, left: number): boolean {
    const end = this.starts[cell + 1] ?? 0;
    let place = this.#next[cell] ?? end;
    while (place < end && (this.#groups.records[this.groupAt(place)] ?? 0) / 2 >= left) place += 1;
    this.#next[cell] = place;
    return place < end;
  }
}

/** Every persona, every arc and every topic, with the records that each still wants held out. */
class Strata {
  readonly #known: Cells;
  /** Those of a kind lie together, and of these the cells of each stratum. */
  readonly #cells: Uint32Array;
  /** Where the cells of each begin and, less what is used up, end. */
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #cursors: Uint32Array;
  readonly #wants: Float64Array;
  readonly #of: Uint32Array;
  readonly #queue: WantQueue;

  constructor(cells: Cells, groups: StratifiedWalk) {
    this.#known = cells;
    const hash = (cell: number, kind: number) =>
      hashOf(groups.orders, cells.groupAt(cells.starts[cell] ?? 0), kind);
    this.#cells = cellsByStratum(cells.count, hash);
    this.#starts = startsOf(this.#cells, cells.count, hash);
    this.#ends = this.#starts.map((_, stratum) => this.#starts[stratum + 1] ?? this.#cells.length);
    this.#cursors = this.#starts.slice();
    this.#wants = new Float64Array(this.#starts.length);
    this.#of = new Uint32Array(this.#cells.length);
    this.#fill(cellSizes(cells, groups), groups.wanted);
    this.#queue = new WantQueue(this.#wants);
  }

  #fill(sizes: Float64Array, wanted: number): void {
    const share =
      wanted /
      Math.max(
        1,
        sizes.reduce((sum, size) => sum + size, 0),
      );
    for (const [stratum, start] of this.#starts.entries())
      for (let at = start; at < (this.#ends[stratum] ?? 0); at += 1) {
        const cell = this.#cells[at] ?? 0;
        this.#of[cell * KINDS + Math.floor(at / this.#known.count)] = stratum;
        this.#wants[stratum] = (this.#wants[stratum] ?? 0) + (sizes[cell] ?? 0) * share;
      }
  }

  mostWanting(): number | null {
    return this.#queue.first();
  }

  drop(stratum: number): void {
    this.#wants[stratum] = -Infinity;
  }

  serve(cell: number, records: number): void {
    for (let kind = 0; kind < KINDS; kind += 1) {
      const stratum = this.#of[cell * KINDS + kind] ?? 0;
      this.#wants[stratum] = (this.#wants[stratum] ?? 0) - records;
    }
  }

  /** Of the next few cells of a stratum the one whose strata want most; null where none has a group left. */
  bestCellOf(stratum: number, left: number): number | null {
    let best: { readonly cell: number; readonly wants: number } | null = null;
    for (let tried = 0; tried < Math.min(COMPARED, this.#cellsIn(stratum)); tried += 1) {
      const cell = this.#nextCellOf(stratum, left);
      if (cell === null) break;
      const wants = this.#wantsOf(cell);
      if (best === null || wants > best.wants) best = { cell, wants };
    }
    return best?.cell ?? null;
  }

  #cellsIn(stratum: number): number {
    return (this.#ends[stratum] ?? 0) - (this.#starts[stratum] ?? 0);
  }

  /** Around and around, past those that are used up. */
  #nextCellOf(stratum: number, left: number): number | null {
    while (this.#cellsIn(stratum) > 0) {
      const cursor = this.#cursors[stratum] ?? 0;
      const at = cursor < (this.#ends[stratum] ?? 0) ? cursor : (this.#starts[stratum] ?? 0);
      const cell = this.#cells[at] ?? 0;
      this.#cursors[stratum] = at + 1;
      if (this.#known.has(cell, left)) return cell;
      this.#forget(stratum, at);
    }
    return null;
  }

  /** The last one takes its place. */
  #forget(stratum: number, at: number): void {
    const last = (this.#ends[stratum] ?? 0) - 1;
    this.#cells[at] = this.#cells[last] ?? 0;
    this.#ends[stratum] = last;
    this.#cursors[stratum] = at;
  }

  #wantsOf(cell: number): number {
    let wants = 0;
    for (let kind = 0; kind < KINDS; kind += 1) wants += this.#wants[this.#of[cell * KINDS + kind] ?? 0] ?? 0;
    return wants;
  }
}

type HashOfCell = (cell: number, kind: number) => number;

/** The cells by persona, then all of them by arc, then by topic. */
function cellsByStratum(count: number, hash: HashOfCell): Uint32Array {
  const all = new Uint32Array(count * KINDS);
  for (let kind = 0; kind < KINDS; kind += 1)
    all
      .subarray(kind * count, (kind + 1) * count)
      .map((_, cell) => cell)
      .sort((one, other) => hash(one, kind) - hash(other, kind) || one - other)
      .forEach((cell, position) => (all[kind * count + position] = cell));
  return all;
}

function startsOf(cells: Uint32Array, count: number, hash: HashOfCell): Uint32Array {
  const isStart = (at: number) => {
    const kind = Math.floor(at / count);
    return at % count === 0 || hash(cells[at] ?? 0, kind) !== hash(cells[at - 1] ?? 0, kind);
  };
  return Uint32Array.from(cells.keys()).filter(isStart);
}

const cellSizes = ({ count, starts }: Cells, groups: StratifiedWalk): Float64Array => {
  const sizes = new Float64Array(count);
  for (let cell = 0; cell < count; cell += 1)
    for (let place = starts[cell] ?? 0; place < (starts[cell + 1] ?? 0); place += 1)
      sizes[cell] = (sizes[cell] ?? 0) + (groups.records[groups.walk[place] ?? 0] ?? 0);
  return sizes;
};

/** The stratum that wants most comes first. What one wants only falls, so that only the first can be wrong. */
class WantQueue {
  readonly #wants: Float64Array;
  /** What each wanted when it was put where it stands. */
  readonly #keys: Float64Array;
  readonly #heap: Uint32Array;
  #size: number;

  constructor(wants: Float64Array) {
    this.#wants = wants;
    this.#keys = wants.slice();
    // What is sorted is a heap.
    this.#heap = Uint32Array.from(wants.keys()).sort(
      (one, other) => (wants[other] ?? 0) - (wants[one] ?? 0) || one - other,
    );
    this.#size = wants.length;
  }

  first(): number | null {
    while (this.#size > 0) {
      const stratum = this.#heap[0] ?? 0;
      const wants = this.#wants[stratum] ?? 0;
      if (wants === -Infinity) {
        this.#size -= 1;
        this.#heap[0] = this.#heap[this.#size] ?? 0;
      } else if (this.#keys[stratum] === wants) return stratum;
      else this.#keys[stratum] = wants;
      this.#sink();
    }
    return null;
  }

  #sink(): void {
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      const child = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#isBefore(child, at)) return;
      const stratum = this.#heap[at] ?? 0;
      this.#heap[at] = this.#heap[child] ?? 0;
      this.#heap[child] = stratum;
      at = child;
    }
  }

  #isBefore(place: number, other: number): boolean {
    if (place >= this.#size) return false;
    const [one, two] = [this.#heap[place] ?? 0, this.#heap[other] ?? 0];
    const difference = (this.#keys[one] ?? 0) - (this.#keys[two] ?? 0);
    return difference > 0 || (difference === 0 && one < two);
  }
}
