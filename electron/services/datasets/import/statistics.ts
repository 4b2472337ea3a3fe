import type { CanonicalRecord } from '../../../../src/lib/types/dataset-records';
import { messagesOf } from '../../../../src/lib/types/record-turns';
import { shownRecord } from '../shown-record';
import { GrowingNumbers, HashIndex } from './hash-index';
import { shortened } from './short-record';
import { SplitTally } from './split-tally';

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
  private scored = 0;
  private scores = 0;
  private looseConversations = 0;
  private looseTurns = 0;

  constructor(seed: number) {
    this.split = new SplitTally(seed);
  }

  add(record: CanonicalRecord): void {
    if (this.samples.length < SAMPLE_RECORDS) this.samples.push(shortened(shownRecord(record)));
    this.split.add(record);
    if (record.quality_score !== undefined) {
      this.scored += 1;
      this.scores += record.quality_score;
    }
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

  /** Null where no record has a score. */
  get qualityMean(): number | null {
    return this.scored === 0 ? null : Math.round((this.scores / this.scored) * 100) / 100;
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
