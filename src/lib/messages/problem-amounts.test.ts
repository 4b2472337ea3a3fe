import { expect, it } from 'vitest';
import type { DatasetProblem } from '../types/dataset-records';
import { problemAmounts, problemAmountWords, unkeptWords } from './problem-amounts';

const NOTE: DatasetProblem = {
  line: 1,
  path: null,
  record_id: null,
  type: 'older_version',
  severity: 'info',
  error: 'It calls itself version 3.',
  suggestion: null,
};
const COUNTS = [
  { type: 'role_order', severity: 'error', count: 150 },
  { type: 'older_version', severity: 'info', count: 1 },
] as const;

it.each([
  ['no report', null, null, 0],
  ['no problem', { problems_total: 0, problems: [], problem_counts: [] }, null, 0],
  [
    'more than are listed',
    { problems_total: 151, problems: [], problem_counts: [...COUNTS] },
    '150 problems and 1 note',
    150,
  ],
  ['one note of an earlier report', { problems_total: 1, problems: [NOTE] }, '1 note', 0],
])('tells notes from problems: %s', (_name, report, ...[words, problems]) => {
  expect(problemAmountWords(report)).toBe(words);
  expect(problemAmounts(report).problems).toBe(problems);
});

it('keeps errors however many warnings there are', () => {
  const counts = [
    { type: 'duplicate_id', severity: 'warning', count: 120_000 },
    { type: 'empty_value', severity: 'error', count: 2 },
  ] as const;
  const report = { problems: [], problems_total: 120_002, problem_counts: [...counts] };
  expect(unkeptWords(report)).toContain('Only the first 100,002 of 120,002 problems are kept');
});

it('says of a list that lacks some that it does', () => {
  const none = { problems: [], problem_counts: [] };
  expect(unkeptWords(null)).toBeNull();
  expect(unkeptWords({ ...none, problems_total: 100_000 })).toBeNull();
  expect(unkeptWords({ ...none, problems_total: 100_001 })).toContain(
    'Only the first 100,000 of 100,001 problems are kept',
  );
});
