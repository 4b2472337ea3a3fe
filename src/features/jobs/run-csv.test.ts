import { expect, test } from 'vitest';
import { EMPTY_RUN } from './job-run';
import { runCsv } from './run-csv';
import { exampleEvaluation, examplePoint } from './testing';

test('has a row a step, the untouched model first, and the held-out losses where they were measured', () => {
  const csv = runCsv({
    ...EMPTY_RUN,
    points: [examplePoint(1), examplePoint(2)],
    evaluations: [exampleEvaluation(0, 4.64), exampleEvaluation(2, 3.5)],
  });
  const [head, ...rows] = csv.trimEnd().split('\r\n');
  expect(head).toMatch(/^step,attempt,timestamp,epoch,tokens,training_loss,non_finite,validation_loss,/);
  expect(rows.map((row) => row.split(',').filter((_, column) => [0, 4, 5, 7].includes(column)))).toEqual([
    ['0', '', '', '4.64'],
    ['1', '100', '3.9', ''],
    ['2', '200', '3.8', '3.5'],
  ]);
});
