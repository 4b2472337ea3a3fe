import { formatAmount } from '../messages/format';
import { refusedOtherwise, refusedReason } from '../messages/refused-words';
import type { DatasetStats } from '../types/dataset-numbers';
import type { Finding } from './readiness';

type Counted = Pick<DatasetStats, 'over_limit' | 'cut_records' | 'problems_total' | 'problems'>;

/** What a run with the base model by which tokens were counted stops at, whatever its length is. */
export const refusedAdvice = (stats: Counted | null): readonly Finding[] => {
  const refused = stats === null ? 0 : refusedOtherwise(stats);
  if (stats === null || refused === 0) return [];
  const first = stats.problems.find(({ type }) => type !== 'token_overflow');
  return [
    {
      kind: 'advice',
      reason:
        `A run with this base model stops at ${formatAmount(refused, 'record')}. ${first ? refusedReason(first) : ''}`.trimEnd(),
      remedy: `Exclude ${refused === 1 ? 'it' : 'them'}, or choose a base model that can write ${refused === 1 ? 'it' : 'them'}.`,
      remedies: [{ to: 'tokens' }],
    },
  ];
};
