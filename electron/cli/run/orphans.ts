import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../../src/lib/messages/app-error';
import { isActive } from '../../../src/lib/training/job-states';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { Workplace } from '../command';
import type { CliServices } from '../io';

const POLL_MS = 250;
/** A look at the queue's owner at every so many looks at the run. */
const POLLS_A_SETTLE = 8;
const SOON_MS = 1000;
/** A trainer that lost its parent has a minute to save. */
const PATIENCE_MS = 120_000;

export const isAtWork = ({ status }: Pick<TrainingJob, 'status'>): boolean =>
  status === 'queued' || isActive(status);

/** Whether this process runs the queue; another one, such as the window, may. */
export const ownsQueue = async ({ repositories }: CliServices): Promise<boolean> =>
  (await repositories.lease.current())?.owner_pid === process.pid;

const noAnswer = (): AppError =>
  new AppError({
    code: 'no_answer',
    message: 'The process that runs the queue has not answered.',
    hint: 'Look at the run again in a while, or start Pipeline, which puts it right.',
  });

const within = async <Value>(work: Promise<Value>, ms: number): Promise<Value | 'late'> => {
  const stop = new AbortController();
  const late = sleep(ms, 'late' as const, { ref: false, signal: stop.signal });
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
    late.catch(() => undefined);
  }
};

const anyActive = async ({ jobs }: CliServices): Promise<boolean> =>
  (await jobs.list()).some(({ status }) => isActive(status));

/**
 * Puts runs right whose process died, as the next start would. Only before this process works the queue
 * itself. Waits for a trainer that still saves; throws `no_answer` where it never ends.
 */
export const settleOrphans = async ({ app, output }: Workplace): Promise<void> => {
  if (!(await anyActive(app.services))) return;
  const settled = app.services.runner.settle();
  if ((await within(settled, SOON_MS)) !== 'late') return;
  output.note('A run whose process died still saves its state. One moment …');
  if ((await within(settled, PATIENCE_MS)) === 'late') throw noAnswer();
};

/** The same for a command that only looks: it does not wait for what is still being saved. */
export const settleForLook = async ({ app: { services } }: Workplace): Promise<void> => {
  if (await anyActive(services)) await within(services.runner.settle(), SOON_MS);
};

/** Asks, again and again, whether a run is still at work; one whose process dies meanwhile is put right. */
export const watch = ({ app: { services } }: Workplace, id: string): (() => Promise<boolean>) => {
  let looks = 0;
  return async () => {
    const job = await services.jobs.get(id);
    if (!isAtWork(job)) return false;
    if (isActive(job.status) && looks % POLLS_A_SETTLE === 0) await services.runner.settle();
    looks += 1;
    return true;
  };
};

/** Until the run rests, whoever works on it. */
export const waitForRest = async (work: Workplace, id: string): Promise<TrainingJob> => {
  const isStillAtWork = watch(work, id);
  while (await isStillAtWork()) await sleep(POLL_MS);
  return work.app.services.jobs.get(id);
};

/** The run once it rests, for a command that has asked it to; another process may have to hear of it first. */
export const untilRest = async (work: Workplace, id: string): Promise<TrainingJob> => {
  const job = await within(waitForRest(work, id), PATIENCE_MS);
  if (job === 'late') throw noAnswer();
  return job;
};
