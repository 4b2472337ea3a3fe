import type { ExclusionsAfter } from '../types/dataset-versions';
import { formatAmount, formatCount } from './format';

/** As many as a sentence holds. */
const NAMED = 5;

/** What becomes of excluded records in a newer file, in sentences; each says another thing. */
export const exclusionWords = ({ kept, changed, gone, records }: ExclusionsAfter): readonly string[] => [
  ...(kept > 0
    ? [
        `${formatAmount(kept, 'excluded record')} ${kept === 1 ? 'says' : 'say'} the same and ${stays(kept)} out.`,
      ]
    : []),
  ...(changed > 0
    ? [
        `${formatAmount(changed, 'excluded record')} ${changed === 1 ? 'has' : 'have'} changed and ${changed === 1 ? 'comes' : 'come'} in again: ${placesOf({ changed, records })}.`,
      ]
    : []),
  ...(gone > 0
    ? [
        `${formatAmount(gone, 'exclusion')} ${gone === 1 ? 'matches' : 'match'} no record of the newer file and ${gone === 1 ? 'is' : 'are'} forgotten: in a later file such a record comes in again.`,
      ]
    : []),
];

const stays = (count: number) => (count === 1 ? 'stays' : 'stay');

const placesOf = ({ changed, records }: Pick<ExclusionsAfter, 'changed' | 'records'>): string => {
  const named = records
    .slice(0, NAMED)
    .map(({ record_id, source_line }) => `${record_id} (line ${formatCount(source_line)})`);
  const more = changed - named.length;
  return more > 0 ? `${named.join(', ')} and ${formatCount(more)} more` : named.join(', ');
};
