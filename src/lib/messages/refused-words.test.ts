import { expect, it } from 'vitest';
import { overWords, refusedOtherwise, refusedWords } from './refused-words';

const problem = (type: string, needed_tokens: number | null = null) => ({
  index: 0,
  line: 1,
  path: null,
  record_id: 'r',
  type,
  severity: 'error' as const,
  error: 'Refused.',
  suggestion: null,
  needed_tokens,
});
const stats = (problems: ReturnType<typeof problem>[], total = problems.length) => ({
  max_length: 512,
  problems,
  problems_total: total,
});
const TOO_LONG = [problem('token_overflow', 600), problem('token_overflow', 860)];

it('counts what is refused whatever its length', () => {
  expect(refusedOtherwise({ problems_total: 5, over_limit: 3, cut_records: 1 })).toBe(3);
});

it('tells what is cut from what is refused', () => {
  expect(overWords({ over_limit: 2, cut_records: 0 })).toBe('2 over: 2 refused');
  expect(overWords({ over_limit: 12, cut_records: 10 })).toBe('12 over: 10 cut, 2 refused');
  expect(overWords({ over_limit: 3, cut_records: 3 })).toBe('3 over: 3 cut');
  expect(overWords({ over_limit: 0, cut_records: 0 })).toBe('0 over');
});

it('says what it means that records are refused, and what helps', () => {
  expect(refusedWords(stats([]))).toBeNull();
  expect(refusedWords(stats(TOO_LONG))).toBe(
    'A run at max length 512 stops at 2 records: even in their shortest form they are longer. ' +
      'Raise the max length to 860, or exclude them.',
  );
  expect(refusedWords(stats([problem('token_overflow')]))).toBe(
    'A run at max length 512 stops at 1 record: even in its shortest form it is longer. ' +
      'Raise the max length, or exclude it.',
  );
});

it('says it of those that are refused at any length, and of both', () => {
  expect(refusedWords(stats([problem('nothing_to_train')]))).toBe(
    'A run with this base model stops at 1 record. Refused. Exclude it, or correct the file and import it again.',
  );
  expect(refusedWords(stats([...TOO_LONG, problem('nothing_to_train')]))).toBe(
    'A run at max length 512 stops at 3 records: 2 too long even in the shortest form, 1 refused at any length. ' +
      'Raise the max length to 860, or exclude the long ones; exclude the others, or correct the file and import it again.',
  );
  expect(refusedWords(stats(TOO_LONG, 2500))).toBe(
    'A run at max length 512 stops at 2,500 records. Raise the max length, or exclude them.',
  );
});
