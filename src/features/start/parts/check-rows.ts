import type { DoctorCheck } from '../../../lib/types/system';

export type CheckLevel = DoctorCheck['level'] | 'checking';

export interface CheckRow {
  readonly label: string;
  readonly level: CheckLevel;
  readonly message: string | null;
  /** What to do, and what else was found. */
  readonly more: string;
}

const ROWS = [
  { label: 'Graphics card', ids: ['gpus', 'driver'] },
  { label: 'Runtime', ids: ['runtime', 'model'] },
  { label: 'Disk', ids: ['disk'] },
] as const;

const ORDER = ['failed', 'look', 'passed', 'not_needed'] as const;

/** The findings in three rows; the worst of a row speaks for it, and beside it only what is well. */
export const checkRows = (checks: readonly DoctorCheck[]): CheckRow[] =>
  ROWS.map(({ label, ids }) => {
    const mine = checks.filter(({ id }) => ids.some((known) => known === id));
    const level = ORDER.find((known) => mine.some((check) => check.level === known)) ?? 'checking';
    const worst = mine.find((check) => check.level === level);
    const rest = mine.filter((check) => check !== worst && check.level === 'passed');
    return {
      label,
      level,
      message: worst?.message ?? null,
      more: [worst?.hint, ...rest.map(({ message }) => message)].filter(Boolean).join(' '),
    };
  });
