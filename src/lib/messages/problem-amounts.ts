import { MAX_KEPT_PROBLEMS } from '../types/dataset-records';
import type { DatasetReport } from '../types/dataset-records';
import { formatAmount, formatCount } from './format';

type Counted = Pick<DatasetReport, 'problems' | 'problems_total' | 'problem_counts'>;

interface Amounts {
  /** Errors and warnings. */
  readonly problems: number;
  /** What nobody has to do anything about. */
  readonly notes: number;
}

/** Of a report from before all were counted, the notes among the first problems are known. */
export const problemAmounts = (report: Counted | null): Amounts => {
  if (report === null) return { problems: 0, notes: 0 };
  const { problems, problems_total, problem_counts } = report;
  const counts = problem_counts ?? problems.map(({ severity }) => ({ severity, count: 1 }));
  const notes = counts
    .filter(({ severity }) => severity === 'info')
    .reduce((sum, { count }) => sum + count, 0);
  return { problems: problems_total - notes, notes };
};

/** `2 problems and 1 note`; null where there are none. */
export const problemAmountWords = (report: Counted | null): string | null => {
  const { problems, notes } = problemAmounts(report);
  const parts = [
    ...(problems > 0 ? [formatAmount(problems, 'problem')] : []),
    ...(notes > 0 ? [formatAmount(notes, 'note')] : []),
  ];
  return parts.length === 0 ? null : parts.join(' and ');
};

/** How many are in the list: errors and others each up to the limit. Reports of before had one limit for both. */
const keptAmount = ({ problems_total, problem_counts }: Counted): number => {
  if (problem_counts === undefined) return Math.min(problems_total, MAX_KEPT_PROBLEMS);
  const errors = problem_counts
    .filter(({ severity }) => severity === 'error')
    .reduce((sum, { count }) => sum + count, 0);
  return Math.min(errors, MAX_KEPT_PROBLEMS) + Math.min(problems_total - errors, MAX_KEPT_PROBLEMS);
};

/** `the first 100,000 of 300,000 problems`; null where all are kept. */
export const keptWords = (report: Counted | null): string | null => {
  if (report === null) return null;
  const kept = keptAmount(report);
  if (kept >= report.problems_total) return null;
  const { notes } = problemAmounts(report);
  return `the first ${formatCount(kept)} of ${listedAmount(report.problems_total, notes > 0)}`;
};

/** Of a list that was written and lacks some; null where it lacks none. */
export const unkeptWords = (report: Counted | null): string | null => {
  const kept = keptWords(report);
  return kept === null
    ? null
    : `Only ${kept} are kept, and this list is of those. Correct them, and import again to see the others.`;
};

/** Of a list in which notes may stand among the problems, which are counted without them elsewhere. */
export const listedAmount = (count: number, mayHaveNotes: boolean): string =>
  mayHaveNotes ? `${formatCount(count)} problems and notes` : formatAmount(count, 'problem');
