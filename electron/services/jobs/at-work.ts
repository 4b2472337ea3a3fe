import type { AsyncRepositories } from '../../db/async-repositories';
import { isActive } from '../../../src/lib/training/job-states';

/** Whether a run is at work now. */
export const isAtWork = async ({ jobs }: Pick<AsyncRepositories, 'jobs'>): Promise<boolean> =>
  (await jobs.unfinished()).some(({ status }) => isActive(status));
