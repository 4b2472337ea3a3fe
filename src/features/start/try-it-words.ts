import { formatRoughDuration } from '../../components/format';

/** What the button says: when it starts where others come first, else how long its last run here took. */
export const tryItWords = (lastMs: number | null, jobsBefore: number): string => {
  if (jobsBefore > 0) return 'Try it, after the queue';
  return lastMs === null ? 'Try it' : `Try it, ${formatRoughDuration(lastMs)}`;
};

/** Before the first run: seen on two cores; what a probe fixes is the training alone. */
export const FIRST_TIME =
  'About a minute and a half on two cores. A probe fixes the steps so that training takes about 20 s where the machine allows; the rest is starts and checks.';
