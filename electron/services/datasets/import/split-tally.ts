import type { CanonicalRecord } from '../../../../src/lib/types/dataset-records';
import { messagesOf } from '../../../../src/lib/types/record-turns';
import { foldedText } from '../../../../src/lib/training/folded-text';
import { JoinedSets, holdOut, walkOrder } from '../../../../src/lib/training/split';
import { GrowingNumbers, HashIndex } from './hash-index';

/** Counts what `splitRecords` would hold out, in a few bytes a record. */
export class SplitTally {
  private readonly joined = new JoinedSets();
  private readonly sizes = new GrowingNumbers();
  private readonly orders: GroupOrders;
  private keys = new HashIndex();
  private firstWithKey = new GrowingNumbers();

  constructor(seed: number) {
    this.orders = new GroupOrders(seed);
  }

  add(record: CanonicalRecord): void {
    const keys = groupKeys(record).map((key) => this.numberKey(key));
    const known = keys.filter(({ isNew }) => !isNew).map(({ number }) => this.firstWithKey.get(number));
    const group = known[0] ?? this.newGroup(record);
    for (const { isNew } of keys) if (isNew) this.firstWithKey.push(group);
    for (const other of known) this.joined.join(group, other);
    this.sizes.set(group, this.sizes.get(group) + 1);
  }

  private numberKey(key: string): { number: number; isNew: boolean } {
    const before = this.keys.size;
    const number = this.keys.numberOf(key);
    return { number, isNew: number === before };
  }

  private newGroup(record: CanonicalRecord): number {
    this.sizes.push(0);
    this.orders.push(record);
    return this.joined.add();
  }

  /** The last thing that is asked: what it does not need is let go first, and the sizes are joined in place. */
  count(share: number): { train: number; heldOut: number } {
    this.keys = new HashIndex();
    this.firstWithKey = new GrowingNumbers();
    const groups = this.joinSizes();
    const records = this.sizes.values.subarray(0, groups);
    const isHeldOut = holdOut({ records, ...this.orders.of(groups) }, share);
    const heldOut = records.reduce((sum, size, index) => sum + (isHeldOut[index] === 1 ? size : 0), 0);
    return { train: records.reduce((sum, size) => sum + size, 0) - heldOut, heldOut };
  }

  /** Moves what is kept of each group to the front, in order of appearance; answers how many groups there are. */
  private joinSizes(): number {
    const sizes = this.sizes.values;
    for (let member = 0; member < sizes.length; member += 1) {
      const root = this.joined.rootOf(member);
      if (root !== member) sizes[root] = (sizes[root] ?? 0) + (sizes[member] ?? 0);
    }
    let groups = 0;
    for (let member = 0; member < sizes.length; member += 1) {
      if (this.joined.rootOf(member) !== member) continue;
      sizes[groups] = sizes[member] ?? 0;
      this.orders.move(member, groups);
      groups += 1;
    }
    return groups;
  }
}

const PARTS = 4;

/** Where each group stands in the walk of the split. Without strata one number of the four says it all. */
class GroupOrders {
  private readonly names = new GrowingNumbers();
  private readonly strata = new GrowingNumbers();
  private hasStrata = false;
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }

  push(record: CanonicalRecord): void {
    const order = walkOrder(record, this.seed);
    if (record.scaffolding !== undefined && !this.hasStrata) this.beginStrata();
    if (this.hasStrata) this.strata.push(...order.slice(0, PARTS - 1));
    this.names.push(order[PARTS - 1] ?? 0);
  }

  private beginStrata(): void {
    this.hasStrata = true;
    const none = walkOrder({ id: '' }, this.seed).slice(0, PARTS - 1);
    for (let group = 0; group < this.names.values.length; group += 1) this.strata.push(...none);
  }

  move(from: number, to: number): void {
    this.names.set(to, this.names.get(from));
    if (this.hasStrata) this.strata.values.copyWithin(to * 3, from * 3, from * 3 + 3);
  }

  /** Of the first groups, as many as are asked for. */
  of(groups: number): { orders: Uint32Array; parts: 1 | 4 } {
    const names = this.names.values;
    if (!this.hasStrata) return { orders: names.subarray(0, groups), parts: 1 };
    const orders = new Uint32Array(groups * PARTS);
    for (let group = 0; group < groups; group += 1) {
      orders.set(this.strata.values.subarray(group * 3, group * 3 + 3), group * PARTS);
      orders[group * PARTS + 3] = names[group] ?? 0;
    }
    return { orders, parts: 4 };
  }
}

function groupKeys(record: CanonicalRecord): string[] {
  const said = saidFirst(record);
  return [
    ...(record.conversation_id === undefined ? [] : [`conversation ${record.conversation_id}`]),
    ...(said === undefined ? [] : [`said ${foldedText(said)}`]),
  ];
}

/** What two conversations, or two plain texts, must not share across a split. */
function saidFirst(record: CanonicalRecord): string | undefined {
  return 'text' in record ? record.text : messagesOf(record).find(({ role }) => role === 'user')?.content;
}
