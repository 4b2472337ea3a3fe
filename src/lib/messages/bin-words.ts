import { formatAmount } from './format';

/** How long a deleted dataset can be restored. */
export const DAYS_IN_BIN = 30;

export const DAY_MS = 24 * 60 * 60 * 1000;

/** When a deleted dataset is purged: `in 12 days`. */
export const purgeWords = (deletedAt: string, now: number): string => {
  const days = Math.ceil((Date.parse(deletedAt) + DAYS_IN_BIN * DAY_MS - now) / DAY_MS);
  return days > 0
    ? `in ${formatAmount(Math.min(days, DAYS_IN_BIN), 'day')}`
    : 'at a next start, unless a run needs it';
};
