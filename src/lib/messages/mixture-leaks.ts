import { MOST_LOOKED_THROUGH, type MixtureLeaks } from '../types/mixture-leaks';
import { formatAmount, formatCount } from './format';

/** What was found of near repeats between the datasets of a run; null where they are too many to look. */
export const mixtureLeakWords = (leaks: MixtureLeaks | null): string => {
  if (leaks === null)
    return `Near repeats are not looked for here among more than ${formatCount(MOST_LOOKED_THROUGH)} records; each dataset’s page does, within it`;
  const { held_out, records, unchecked, first } = leaks;
  const [were, are] = [verbOf(unchecked, 'was', 'were'), verbOf(records, 'is', 'are')];
  const rest =
    unchecked === 0 ? '' : `; ${formatCount(unchecked)} ${were} compared with the 32 likeliest only`;
  if (first === null) return `No held-out record is nearly like one of the training part${rest}`;
  return `${formatCount(records)} of ${formatAmount(held_out, 'held-out record')} ${are} nearly like one of the training part${rest}. The first: ${placeOf(first.held_out)}, like ${placeOf(first.train)}. Leave out such records of one dataset, or the held-out loss looks better than it is`;
};

const verbOf = (count: number, one: string, more: string): string => (count === 1 ? one : more);

const placeOf = ({ dataset, line }: NonNullable<MixtureLeaks['first']>['train']): string =>
  `line ${formatCount(line)} of “${dataset}”`;
