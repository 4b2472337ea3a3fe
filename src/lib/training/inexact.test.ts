import { expect, it } from 'vitest';
import { inexactWords } from './inexact';

const attempt = (number: number, from_checkpoint: string | null, not_bit_exact: string | null = null) => ({
  number,
  from_checkpoint,
  not_bit_exact,
});

it('says nothing of a run that went on bit for bit', () => {
  expect(inexactWords([attempt(1, null), attempt(2, 'checkpoints/step-000100')])).toEqual([]);
});

it('says since which step each attempt was not exact, and why', () => {
  const why = 'This attempt goes on, but not bit for bit: torch 2.9.0 → 2.10.0, threads 1 → 2.';
  expect(
    inexactWords([
      attempt(1, null),
      attempt(2, 'checkpoints/step-001200', why),
      attempt(3, 'checkpoints/step-001300', 'Something else: entirely.'),
    ]),
  ).toEqual([
    'since step 1,200, where attempt 2 went on: torch 2.9.0 → 2.10.0, threads 1 → 2',
    'since step 1,300, where attempt 3 went on: Something else: entirely',
  ]);
});
