import { formatAmount, formatCount } from '../messages/format';
import type { DatasetSurvey } from '../types/dataset-numbers';
import type { Finding } from './readiness';

/** What records that are like others do to a run; nothing where nobody has compared them yet. */
export const alikeAdvice = (
  survey: Pick<DatasetSurvey, 'leakage' | 'duplicates'> | null,
): readonly Finding[] => {
  if (survey === null) return [];
  const { leakage, duplicates } = survey;
  return [
    ...(leakage.records > 0
      ? [
          advice(
            `${formatCount(leakage.records)} of ${formatAmount(leakage.held_out, 'held-out record')} ${leakage.records === 1 ? 'is' : 'are'} like one that is trained: the held-out loss looks better than the model is.`,
            'Look at the pairs, and exclude one of each.',
          ),
        ]
      : []),
    ...(duplicates.near > 0
      ? [
          advice(
            `${formatAmount(duplicates.near, 'record')} ${duplicates.near === 1 ? 'is' : 'are'} nearly the same as another, and what they have in common weighs more in training.`,
            'Look at the groups, and exclude what says nothing new.',
          ),
        ]
      : []),
  ];
};

const advice = (reason: string, remedy: string): Finding => ({
  kind: 'advice',
  reason,
  remedy,
  remedies: [{ to: 'duplicates' }],
});
