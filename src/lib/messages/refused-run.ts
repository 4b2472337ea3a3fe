import type { Estimate } from '../types/estimate';
import type { ErrorPayload } from '../types/system';
import { formatAmount } from './format';

/** Why a run that would stop at some of its records does not start; null where it stops at none. */
export const refusedRecordsOf = ({ refused }: Pick<Estimate, 'refused'>): ErrorPayload | null => {
  if (refused.length === 0) return null;
  const records = refused.reduce((sum, each) => sum + each.records, 0);
  const hint = refused.map(({ dataset, words }) => `“${dataset}”: ${words}`).join(' ');
  return {
    code: 'records_refused',
    message: `The run would stop at ${formatAmount(records, 'record')} that it cannot train.`,
    hint,
  };
};
