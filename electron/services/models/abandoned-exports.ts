import type { AsyncRepositories } from '../../db/async-repositories';
import { isAlive } from '../trainer/process-identity';

const GONE = 'The program ended while this was being made.';

/** Ends the exports whose makers are gone; what another process still makes is left to it. */
export const failAbandonedExports = async (
  exports: Pick<AsyncRepositories['exports'], 'running' | 'failRunning'>,
): Promise<void> => {
  for (const { id, owner } of await exports.running())
    if (owner === null || !(await isAlive(owner))) await exports.failRunning(id, GONE);
};
