import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { Workplace } from '../command';
import { describeEnd } from './describe-job';
import { followRun } from './follow-run';
import { ownsQueue, settleOrphans } from './orphans';
import { codeAfter, stopOnSignal } from './stop-run';

export interface FollowedRun {
  readonly job: TrainingJob;
  readonly code: number;
  readonly wasStopped: boolean;
}

const tellJob = ({ output }: Workplace, job: TrainingJob): void => {
  if (output.json) output.document({ event: 'job', job });
};

/** Follows a run to its rest, from an event on, and shows it before and after. */
export const followToRest = async (
  work: Workplace,
  job: TrainingJob,
  afterSeq = job.last_seq,
): Promise<FollowedRun> => {
  const { app, output } = work;
  const stop = stopOnSignal(work, job.id);
  try {
    tellJob(work, job);
    const ended = await followRun({ output, services: app.services, signal: stop.signal, afterSeq }, job);
    tellJob(work, ended);
    const code = codeAfter(stop.kind(), ended);
    if (ended.status !== 'completed') describeEnd(output, ended);
    return { job: ended, code, wasStopped: stop.kind() !== null };
  } finally {
    stop.dispose();
  }
};

const tellWhoWorks = async ({ app: { services }, output }: Workplace, job: TrainingJob): Promise<void> => {
  if (!(await ownsQueue(services))) {
    output.note('Another Pipeline process runs the queue; this one follows.');
    return;
  }
  const waiting = await services.repositories.jobs.queued();
  const before = waiting.filter(({ id, position }) => id !== job.id && position < job.position).length;
  if (before > 0) output.note(`It comes after ${before} other runs of the queue.`);
};

/** Makes a run and works it to its rest; where another process runs the queue, that one does. */
export const runInForeground = async (
  work: Workplace,
  begin: () => Promise<TrainingJob>,
): Promise<FollowedRun> => {
  const { services } = work.app;
  await settleOrphans(work);
  // Before the queue is worked: a run that is refused must not set others going.
  const job = await begin();
  services.runner.startNoMore(job.id);
  await work.app.start();
  await tellWhoWorks(work, job);
  return followToRest(work, job);
};
