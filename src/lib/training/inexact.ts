import type { JobAttempt } from '../types/job-records';

const STEP = /step-(\d+)$/;
/** How the trainer begins to say it. */
const OPENING = /^[^:]*bit for bit: /;

/**
 * Since which step a run is no longer bit for bit what it would have been, and why; once for each attempt that was
 * not exact. Empty for a run that is.
 */
export const inexactWords = (
  attempts: readonly Pick<JobAttempt, 'number' | 'from_checkpoint' | 'not_bit_exact'>[],
): string[] =>
  attempts.flatMap(({ number, from_checkpoint, not_bit_exact }) => {
    if (not_bit_exact === null) return [];
    const step = Number(STEP.exec(from_checkpoint ?? '')?.[1] ?? 0).toLocaleString('en-US');
    const why = not_bit_exact.replace(OPENING, '').replace(/\.$/, '');
    return [`since step ${step}, where attempt ${number} went on: ${why}`];
  });
