import { expect, test } from 'vitest';
import type { Evaluation } from '../../lib/types/job-records';
import { EMPTY_RUN, heldOutOf } from './job-run';

const evaluation = (step: number, rest: Partial<Evaluation> = {}): Evaluation => ({
  step,
  subject: 'adapter',
  group: 'all',
  loss: 3 - step / 10,
  tokens: 40,
  records: 4,
  method: 'mean cross-entropy a trained token, dropout off',
  final: false,
  ...rest,
});

test('a step has one held-out loss, also where the result says it again', () => {
  const result = evaluation(6, { final: true });
  const run = {
    ...EMPTY_RUN,
    evaluations: [evaluation(0, { subject: 'base' }), evaluation(4), evaluation(6), result],
  };
  expect(heldOutOf(run)).toEqual({
    base: evaluation(0, { subject: 'base' }),
    best: result,
    all: [evaluation(4), result],
  });
});
