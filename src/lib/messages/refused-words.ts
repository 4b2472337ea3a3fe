import type { DatasetStats } from '../types/dataset-numbers';
import { formatAmount, formatCount } from './format';

type Over = Pick<DatasetStats, 'over_limit' | 'cut_records'>;
type Refusing = Pick<DatasetStats, 'max_length' | 'problems' | 'problems_total'>;

const tooLongOf = ({ problems }: Refusing) => problems.filter(({ type }) => type === 'token_overflow');

/** Only so many are listed; of the rest nobody knows why a run refuses them. */
const areAllListed = ({ problems, problems_total }: Refusing): boolean => problems.length === problems_total;

/** How many a run refuses whatever its length is: their base model cannot write them, or nothing of them is trained. */
export const refusedOtherwise = ({
  problems_total,
  over_limit,
  cut_records,
}: Over & Pick<DatasetStats, 'problems_total'>): number => problems_total - (over_limit - cut_records);

/** Without the line, which stands beside it or is one of many. */
export const refusedReason = ({ error }: Pick<Refusing['problems'][number], 'error'>): string => {
  const reason = error.replace(/^Line \d+: /u, '');
  return `${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}`;
};

/** What becomes of the records over the limit: `12 over: 10 cut, 2 refused`. */
export const overWords = ({ over_limit, cut_records }: Over): string => {
  const refused = over_limit - cut_records;
  const fates = [
    ...(cut_records > 0 ? [`${formatCount(cut_records)} cut`] : []),
    ...(refused > 0 ? [`${formatCount(refused)} refused`] : []),
  ];
  return `${formatCount(over_limit)} over${fates.length > 0 ? `: ${fates.join(', ')}` : ''}`;
};

/** What it means that records are refused, and what helps; null where none is. */
export const refusedWords = (stats: Refusing): string | null => {
  const { max_length, problems_total } = stats;
  if (problems_total === 0) return null;
  const long = tooLongOf(stats).length;
  const others = problems_total - long;
  const stops = `stops at ${formatAmount(problems_total, 'record')}`;
  const atLength = `A run at max length ${formatCount(max_length)} ${stops}`;
  if (!areAllListed(stats)) return `${atLength}. Raise the max length, or exclude them.`;
  if (others === 0)
    return `${atLength}: ${SHORTEST[numberOf(long)]} ${remedyOf(stats, THEM[numberOf(long)])}.`;
  if (long === 0) return `A run with this base model ${stops}. ${othersWords(stats)}`;
  return `${atLength}: ${formatCount(long)} too long even in the shortest form, ${formatCount(others)} refused at any length. ${remedyOf(stats, 'the long ones')}; exclude the others, or correct the file and import it again.`;
};

const numberOf = (count: number) => (count === 1 ? 'one' : 'many');
const THEM = { one: 'it', many: 'them' } as const;
const SHORTEST = {
  one: 'even in its shortest form it is longer.',
  many: 'even in their shortest form they are longer.',
} as const;

const remedyOf = (stats: Refusing, what: string): string => {
  const needed = tooLongOf(stats).map(({ needed_tokens }) => needed_tokens ?? 0);
  const enough = needed.every((tokens) => tokens > 0) ? ` to ${formatCount(Math.max(...needed))}` : '';
  return `Raise the max length${enough}, or exclude ${what}`;
};

const othersWords = ({ problems }: Refusing): string => {
  const [first] = problems;
  const reason = first === undefined ? '' : problems.length > 1 ? refusedReason(first) : first.error;
  return `${reason} Exclude ${THEM[numberOf(problems.length)]}, or correct the file and import it again.`;
};
