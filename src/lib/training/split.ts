import type { Scaffolding, SplitFile } from '../types/dataset-records';
import type { SplitChoice } from '../types/dataset-split';
import { sortedGroups } from './sorted-groups';
import { holdOutOfStrata, isOneStratum } from './strata';

/** What a split has to know of a record. Equal hashes mean the same first user message, or the same plain text. */
export interface SplitRecord {
  readonly id: string;
  readonly conversation_id?: string;
  readonly first_user_text_hash?: string;
  readonly scaffolding?: Scaffolding;
  /** Of a mixture: which dataset it is from. */
  readonly source?: number;
}

/**
 * Groups of records that must stay on one side: their sizes, and `parts` numbers a group from
 * `walkOrder`; the last one alone where no group has a stratum, or none is looked at.
 */
export interface SplitGroups {
  readonly records: ArrayLike<number>;
  readonly orders: ArrayLike<number>;
  readonly parts?: 1 | 4;
}

const ORDER_PARTS = 4;

/**
 * Seeded, deterministic split by conversation. Conversations with the same first user message are
 * one group, so that no held-out prompt was trained on, and so are equal plain texts; a group is never divided.
 */
export function splitRecords(records: readonly SplitRecord[], options: SplitChoice): SplitFile {
  const groupOf = groupRecords(records);
  const { seed, share, stratify } = options;
  const parts = stratify === 'auto' ? ORDER_PARTS : 1;
  const groups = { records: new Array<number>(), orders: new Array<number>(), parts } as const;
  for (const [index, record] of records.entries()) {
    const group = groupOf[index] ?? 0;
    if (group === groups.records.length) groups.orders.push(...walkOrder(record, seed).slice(-parts));
    groups.records[group] = (groups.records[group] ?? 0) + 1;
  }
  const isHeldOut = holdOut(groups, share);
  trainEverySource(records, groupOf, isHeldOut);
  const idsWhere = (side: boolean) =>
    records.filter((_, index) => (isHeldOut[groupOf[index] ?? 0] === 1) === side).map(({ id }) => id);
  return { seed, share, stratify, train: idsWhere(false), held_out: idsWhere(true) };
}

/** Where a group stands in the walk: strata (persona, arc, topic) side by side, seeded order within. */
export function walkOrder(
  record: Omit<SplitRecord, 'first_user_text_hash'>,
  seed: number,
): readonly number[] {
  const { persona = '', arc = '', topic = '' } = record.scaffolding ?? {};
  const name = record.conversation_id ?? record.id;
  return [`persona ${persona}`, `arc ${arc}`, `topic ${topic}`, `group ${name}`].map((text) =>
    seededHash(text, seed),
  );
}

/**
 * Which groups are held out: as many of each stratum as its share, and without strata every so many of a
 * seeded order. At least one group where there are two, and never all.
 */
export function holdOut(groups: SplitGroups, share: number): Uint8Array {
  const count = groups.records.length;
  const isHeldOut = new Uint8Array(count);
  if (share <= 0 || count < 2) return isHeldOut;
  const { records, orders, parts = ORDER_PARTS } = groups;
  const walk = sortedGroups(count, orders, parts);
  if (parts === 1 || isOneStratum(orders, walk)) holdOutAlong(records, walk, { share, isHeldOut });
  else
    holdOutOfStrata(
      { records, orders, walk, wanted: share * walk.reduce((sum, group) => sum + (records[group] ?? 0), 0) },
      isHeldOut,
    );
  keepBothSides(records, walk, isHeldOut);
  return isHeldOut;
}

/** Holds a group out whenever that brings the held-out records nearer to their share. */
function holdOutAlong(
  records: ArrayLike<number>,
  walk: Uint32Array,
  { share, isHeldOut }: { readonly share: number; readonly isHeldOut: Uint8Array },
): void {
  let due = 0;
  for (const group of walk) {
    const size = records[group] ?? 0;
    due += size * share;
    if (due <= size / 2) continue;
    isHeldOut[group] = 1;
    due -= size;
  }
}

/** A dataset so small that all of it would be held out gives a group back. */
function trainEverySource(
  records: readonly SplitRecord[],
  groupOf: Uint32Array,
  isHeldOut: Uint8Array,
): void {
  const trains = new Set(
    records.flatMap(({ source }, index) => (isHeldOut[groupOf[index] ?? 0] === 0 ? (source ?? []) : [])),
  );
  for (const [index, { source }] of records.entries()) {
    if (source === undefined || trains.has(source)) continue;
    isHeldOut[groupOf[index] ?? 0] = 0;
    trains.add(source);
  }
}

function keepBothSides(records: ArrayLike<number>, walk: Uint32Array, isHeldOut: Uint8Array): void {
  const heldOut = isHeldOut.reduce((sum, side) => sum + side, 0);
  if (heldOut > 0 && heldOut < walk.length) return;
  const size = (group: number) => records[group] ?? 0;
  const smallest = walk.reduce((best, group) => (size(group) < size(best) ? group : best));
  const largest = walk.reduce((best, group) => (size(group) > size(best) ? group : best));
  if (heldOut === 0) isHeldOut[smallest] = 1;
  else isHeldOut[largest] = 0;
}

/** The group number of every record, counted from 0 in order of first appearance. */
function groupRecords(records: readonly SplitRecord[]): Uint32Array {
  const joined = new JoinedSets();
  // Keyed by the texts that the records hold anyway: those of a million take more memory than all the rest.
  const conversations = new Map<string, number>();
  const questions = new Map<string, number>();
  const join = (firstWith: Map<string, number>, key: string | undefined, index: number) => {
    if (key === undefined) return;
    const first = firstWith.get(key);
    if (first === undefined) firstWith.set(key, index);
    else joined.join(first, index);
  };
  for (const [index, { conversation_id, first_user_text_hash }] of records.entries()) {
    joined.add();
    join(conversations, conversation_id, index);
    join(questions, first_user_text_hash, index);
  }
  const numbers = new Uint32Array(records.length);
  let groups = 0;
  // The root of a set is its earliest member, so that its number is known before the others ask.
  for (let index = 0; index < numbers.length; index += 1) {
    const root = joined.rootOf(index);
    numbers[index] = root === index ? groups : (numbers[root] ?? 0);
    if (root === index) groups += 1;
  }
  return numbers;
}

/** Union-find; the root of a set is its earliest member. */
export class JoinedSets {
  private parents = new Uint32Array(1024);
  private count = 0;

  /** A new set of one; answers its number. */
  add(): number {
    if (this.count === this.parents.length) {
      const larger = new Uint32Array(this.count * 2);
      larger.set(this.parents);
      this.parents = larger;
    }
    this.parents[this.count] = this.count;
    this.count += 1;
    return this.count - 1;
  }

  join(left: number, right: number): void {
    const [first, second] = [this.rootOf(left), this.rootOf(right)];
    this.parents[Math.max(first, second)] = Math.min(first, second);
  }

  rootOf(member: number): number {
    let root = member;
    for (let parent = this.parents[root] ?? root; parent !== root; parent = this.parents[root] ?? root) {
      this.parents[root] = this.parents[parent] ?? parent;
      root = parent;
    }
    return root;
  }
}

const FNV_PRIME = 0x01000193;
const FNV_OFFSET = 0x811c9dc5;

/** A 32-bit number that looks random and is the same on every machine (FNV-1a, mixed as in MurmurHash3). */
export function seededHash(text: string, seed: number): number {
  let hash = Math.imul(FNV_OFFSET ^ seed, FNV_PRIME);
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
