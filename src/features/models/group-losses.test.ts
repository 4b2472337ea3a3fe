import { expect, test } from 'vitest';
import type { Evaluation } from '../../lib/types/job-records';
import { groupLosses, isWorse } from './group-losses';

const evaluation = (rest: Partial<Evaluation>): Evaluation => ({
  step: 8,
  subject: 'adapter',
  group: 'all',
  loss: 1,
  tokens: 100,
  records: 4,
  method: 'mean cross-entropy per trained token',
  final: true,
  ...rest,
});

const both = (group: string, tokens: number, [base, adapter]: [number, number]): Evaluation[] => [
  evaluation({ subject: 'base', step: 0, group, tokens, loss: base }),
  evaluation({ group, tokens, loss: adapter }),
];

test('shows base and adapter of each group, the best measured first', () => {
  const found = groupLosses([
    ...both('all', 300, [2, 1]),
    ...both('topic: home_and_hearth', 60, [2, 1.5]),
    ...both('topic: people', 240, [1.9, 2.1]),
    ...both('persona: Tamsin, the new neighbour', 300, [2, 1]),
  ]);
  expect(found.map(({ kind, rows }) => [kind, rows.map(({ name }) => name)])).toEqual([
    ['topic', ['People', 'Home and hearth']],
    ['persona', ['Tamsin, the new neighbour']],
  ]);
  expect(found[0]?.rows.map(isWorse)).toEqual([true, false]);
});

test('leaves out what was measured on the way, and what only one of both was measured on', () => {
  expect(
    groupLosses([
      ...both('topic: people', 10, [2, 1]).map((one) => ({ ...one, final: false })),
      evaluation({ group: 'arc: unsure_to_capable' }),
    ]),
  ).toEqual([]);
});

test('shows each dataset of a mixture first, by the name that it has', () => {
  const found = groupLosses([
    ...both('topic: people', 10, [2, 1]),
    ...both('dataset: letters_2026: spring', 60, [2, 1.5]),
  ]);
  expect(found.map(({ kind, rows }) => [kind, rows.map(({ name }) => name)])).toEqual([
    ['dataset', ['letters_2026: spring']],
    ['topic', ['People']],
  ]);
});
