import { expect, test } from 'vitest';
import { fakeDataset } from '../../fake-rows';
import { ANY_PROBLEM } from '../../lib/types/dataset-records';
import type { DatasetProblem, DatasetReport } from '../../lib/types/dataset-records';
import { errorWords, listedWords, placeWords } from './dataset-words';

const problem = (error: string): DatasetProblem => ({
  line: 3,
  path: null,
  record_id: null,
  type: 'malformed_json',
  severity: 'error',
  error,
  suggestion: null,
});

test('says a place as people count', () => {
  expect(placeWords('/messages/0/role')).toBe('messages › 1 › role');
  expect(placeWords('/a~1b/11')).toBe('a/b › 12');
});

test('does not repeat the line that stands before the sentence', () => {
  expect(errorWords(problem('The text ends. (line 3, column 63)'))).toBe('The text ends. (column 63)');
  expect(errorWords(problem('As in line 1. (line 1, column 6)'))).toBe('As in line 1. (line 1, column 6)');
});

const reportOf = (total: number, notes = 0): DatasetReport | null => {
  const { report } = fakeDataset(1);
  const faults = { type: 'role_order', severity: 'error', count: total - notes } as const;
  const remarks = { type: 'older_version', severity: 'info', count: notes } as const;
  return (
    report && { ...report, problems_total: total, problem_counts: notes > 0 ? [faults, remarks] : [faults] }
  );
};

test('a list of problems says where it has only the first of them', () => {
  expect(listedWords(1, ANY_PROBLEM, reportOf(1))).toBe('1 problem');
  expect(listedWords(40, ANY_PROBLEM, reportOf(100_000))).toBe('40 problems');
  expect(listedWords(100_000, ANY_PROBLEM, reportOf(300_000))).toBe('the first 100,000 of 300,000 problems');
  expect(listedWords(40, ANY_PROBLEM, reportOf(300_000))).toBe(
    '40 among the first 100,000 of 300,000 problems',
  );
});

test('a list of problems says that notes, which are counted nowhere else, may be among them', () => {
  expect(listedWords(140, ANY_PROBLEM, reportOf(140, 3))).toBe('140 problems and notes');
  expect(listedWords(137, { severity: 'error' }, reportOf(140, 3))).toBe('137 problems');
  expect(listedWords(3, { severity: 'info' }, reportOf(140, 3))).toBe('3 notes');
});
