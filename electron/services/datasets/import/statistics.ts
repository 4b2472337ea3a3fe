import type { CanonicalRecord } from '../../../../src/lib/types/dataset-records';
import { messagesOf } from '../../../../src/lib/types/record-turns';
import { JoinedSets, holdOut, walkOrder } from '../../../../src/lib/training/split';
import { GrowingNumbers, HashIndex } from './hash-index';

/** E01's columns that an import can fill; tokens are counted when a model is chosen. */
export interface ImportStatistics {
  readonly total_training_pairs: number;
  readonly total_validation_pairs: number;
  readonly avg_turns_per_conversation: number | null;
  readonly sample_data: readonly CanonicalRecord[];
}

const SAMPLE_RECORDS = 3;

/** Numbers of a dataset, gathered record by record without keeping any. */
export class StatisticsTally {
  private readonly conversations = new HashIndex();
  private readonly turns = new GrowingNumbers();
  private readonly split: SplitTally;
  private readonly samples: CanonicalRecord[] = [];
  private looseConversations = 0;
  private looseTurns = 0;

  constructor(seed: number) {
    this.split = new SplitTally(seed);
  }

  add(record: CanonicalRecord): void {
    if (this.samples.length < SAMPLE_RECORDS) this.samples.push(record);
    this.split.add(record);
    const turns = messagesOf(record).filter(({ role }) => role !== 'system').length;
    if (record.conversation_id === undefined) {
      this.looseConversations += 1;
      this.looseTurns += turns;
    } else this.addTurns(record.conversation_id, turns);
  }

  /** Records of a conversation repeat each other's history: its longest one counts. */
  private addTurns(conversationId: string, turns: number): void {
    const before = this.conversations.size;
    const number = this.conversations.numberOf(conversationId);
    if (number === before) this.turns.push(turns);
    else this.turns.set(number, Math.max(turns, this.turns.get(number)));
  }

  get conversationCount(): number {
    return this.conversations.size + this.looseConversations;
  }

  summarise(share: number): ImportStatistics {
    const { train, heldOut } = this.split.count(share);
    const turns = this.turns.values.reduce((sum, value) => sum + value, this.looseTurns);
    const conversations = this.conversationCount;
    return {
      total_training_pairs: train,
      total_validation_pairs: heldOut,
      avg_turns_per_conversation:
        conversations === 0 ? null : Math.round((turns / conversations) * 100) / 100,
      sample_data: this.samples,
    };
  }
}

/** Counts what `splitRecords` would hold out, in a few bytes a record. */
class SplitTally {
  private readonly joined = new JoinedSets();
  private readonly sizes = new GrowingNumbers();
  private readonly orders = new GrowingNumbers();
  private readonly keys = new HashIndex();
  private readonly firstWithKey = new GrowingNumbers();
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
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
    this.orders.push(...walkOrder(record, this.seed));
    return this.joined.add();
  }

  count(share: number): { train: number; heldOut: number } {
    const members = this.sizes.values;
    const sizes = new Uint32Array(members.length);
    for (const [member, size] of members.entries()) {
      const root = this.joined.rootOf(member);
      sizes[root] = (sizes[root] ?? 0) + size;
    }
    const roots = [...sizes.keys()].filter((member) => (sizes[member] ?? 0) > 0);
    const orders = new Uint32Array(roots.length * 4);
    for (const [index, root] of roots.entries())
      orders.set(this.orders.values.subarray(root * 4, root * 4 + 4), index * 4);
    const records = Uint32Array.from(roots, (root) => sizes[root] ?? 0);
    const isHeldOut = holdOut({ records, orders }, share);
    const heldOut = records.reduce((sum, size, index) => sum + (isHeldOut[index] === 1 ? size : 0), 0);
    return { train: records.reduce((sum, size) => sum + size, 0) - heldOut, heldOut };
  }
}

function groupKeys(record: CanonicalRecord): string[] {
  const prompt = firstUserText(record);
  return [
    ...(record.conversation_id === undefined ? [] : [`conversation ${record.conversation_id}`]),
    ...(prompt === undefined ? [] : [`prompt ${prompt}`]),
  ];
}

/** What two conversations must not share across a split. */
export function firstUserText(record: CanonicalRecord): string | undefined {
  return messagesOf(record).find(({ role }) => role === 'user')?.content;
}
