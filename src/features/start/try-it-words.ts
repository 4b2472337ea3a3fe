import { formatRoughDuration } from '../../components/format';
import type { HardwareState } from '../../lib/types/system';

/** What the button says: when it starts where others come first, else how long its last run here took. */
export const tryItWords = (lastMs: number | null, jobsBefore: number): string => {
  if (jobsBefore > 0) return 'Try it, after the queue';
  return lastMs === null ? 'Try it' : `Try it, ${formatRoughDuration(lastMs)}`;
};

const SEEN = 'About a minute and a half on two cores';
const PROBED =
  'A probe fixes the steps so that training takes about 20 s where the machine allows; the rest is starts and checks.';

/** Before the first run, which was timed on two cores alone; what a probe fixes is the training. */
export const firstTimeWords = (machine: Pick<HardwareState, 'gpus'> | null): string => {
  if (machine === null) return PROBED;
  const seen = machine.gpus.length > 0 ? `${SEEN} without a card; with yours it was not timed yet` : SEEN;
  return `${seen}. ${PROBED}`;
};
