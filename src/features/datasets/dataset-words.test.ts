import { expect, test } from 'vitest';
import type { DatasetProblem } from '../../lib/types/dataset-records';
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

test('a list of problems says where it has only the first of them', () => {
  expect(listedWords(1, 1)).toBe('1 problem');
  expect(listedWords(40, 100_000)).toBe('40 problems');
  expect(listedWords(100_000, 300_000)).toBe('the first 100,000 of 300,000 problems');
  expect(listedWords(40, 300_000)).toBe('40 among the first 100,000 of 300,000 problems');
});
