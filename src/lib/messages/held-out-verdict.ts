import type { QualityMetrics } from '../types/model-artifact';
import { formatCount } from './format';

type Measured = Pick<QualityMetrics, 'base_validation_loss' | 'final_validation_loss' | 'held_out_records'>;

export interface HeldOutVerdict {
  readonly kind: 'better' | 'worse' | 'same' | 'too_few' | 'not_measured';
  readonly words: string;
  /** What it rests on. */
  readonly method: string;
}

/** Below it the losses of a few records, which no run keeps one by one, say nothing of others. */
const FEWEST_HELD_OUT = 20;
/** Differences under half a percent are none. */
const SAME_SHARE = 0.005;

const SENTENCES = {
  lower: { kind: 'better', words: 'Better on held-out data', few: 'Lower' },
  higher: { kind: 'worse', words: 'Worse on held-out data', few: 'Higher' },
  same: { kind: 'same', words: 'No better on held-out data', few: 'The same' },
} as const;

const directionOf = (before: number, after: number): keyof typeof SENTENCES => {
  if (after < before * (1 - SAME_SHARE)) return 'lower';
  return after > before * (1 + SAME_SHARE) ? 'higher' : 'same';
};

const recordsOf = (count: number): string => `${formatCount(count)} ${count === 1 ? 'record' : 'records'}`;

/** Whether the adapter's loss on held-out data is better than the base model's, as far as their number tells. */
export const heldOutVerdict = ({
  base_validation_loss: before,
  final_validation_loss: after,
  held_out_records: records,
}: Measured): HeldOutVerdict => {
  if (before === null || after === null)
    return { kind: 'not_measured', words: 'Not measured', method: 'No records were held out.' };
  const { kind, words, few } = SENTENCES[directionOf(before, after)];
  if (records >= FEWEST_HELD_OUT)
    return {
      kind,
      words,
      method: `The mean loss of ${recordsOf(records)} that were not trained on, of the base model and with the adapter; under half a percent is no difference.`,
    };
  return {
    kind: 'too_few',
    words: `${few} on ${recordsOf(records)}: too few to tell`,
    method: `A verdict needs ${FEWEST_HELD_OUT} held-out records or more: the loss of fewer may change this much by chance. Hold out a larger share, or train on more data.`,
  };
};

/** For where nothing can be hovered over. */
export const verdictSentence = (measured: Measured): string => {
  const { kind, words, method } = heldOutVerdict(measured);
  return kind === 'too_few' ? `${words}. ${method}` : `${words}.`;
};
