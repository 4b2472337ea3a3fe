import type { Tone } from '../../components/badge';
import { formatAmount, formatCount } from '../../components/format';
import { lineSought } from '../../lib/line-sought';
import { keptWords, listedAmount, problemAmounts } from '../../lib/messages/problem-amounts';
import { problemWords } from '../../lib/messages/problem-words';
import { MAX_KEPT_PROBLEMS } from '../../lib/types/dataset-records';
import type { DatasetProblem, ProblemFilter } from '../../lib/types/dataset-records';
import type { Dataset } from '../../lib/types/lora-training';

export { problemWords };

const SEVERITY_WORDS = { error: 'errors', warning: 'warnings', info: 'notes' } as const;

/** The records that a filter stands for: `All with the problem “role order”`. */
export const filterWords = ({ type, severity, query }: ProblemFilter): string =>
  [
    type === null ? 'All with a problem' : `All with the problem “${problemWords(type)}”`,
    ...(severity === null ? [] : [`among the ${SEVERITY_WORDS[severity]}`]),
    ...(query.trim() === '' ? [] : [soughtWords(query.trim())]),
  ].join(' ');

const soughtWords = (query: string): string => {
  const line = lineSought(query);
  return line === null ? `that holds “${query}”` : `of line ${formatCount(line)}`;
};

/** How many problems a list of them has; where not all were kept, among how many. */
export const listedWords = (
  found: number,
  { severity }: Pick<ProblemFilter, 'severity'>,
  report: Dataset['report'],
): string => {
  const kept = keptWords(report);
  if (kept !== null)
    return severity === null && found >= MAX_KEPT_PROBLEMS ? kept : `${formatCount(found)} among ${kept}`;
  if (severity === 'info') return formatAmount(found, 'note');
  return listedAmount(found, severity === null && problemAmounts(report).notes > 0);
};

export const datasetState = ({
  status,
  report,
}: Dataset): { readonly words: string; readonly tone: Tone } => {
  if (status === 'uploading' || status === 'validating') return { words: 'Importing', tone: 'info' };
  if (status === 'error') return { words: 'Cannot be used', tone: 'bad' };
  const { problems } = problemAmounts(report);
  return problems > 0
    ? { words: formatAmount(problems, 'problem'), tone: 'warn' }
    : { words: 'Ready', tone: 'good' };
};

/** `/messages/0/role` as people count: `messages › 1 › role`. */
export const placeWords = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? formatCount(Number(part) + 1) : part))
    .join(' › ');

/** The line stands before the sentence already. */
export const errorWords = ({ error, line }: DatasetProblem): string =>
  error.replace(`(line ${line}, column `, '(column ');
