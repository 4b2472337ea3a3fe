import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../../src/lib/messages/app-error';
import { isActive } from '../../../src/lib/training/job-states';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { Workplace } from '../command';
import { EXIT } from '../exit-codes';
import type { CliServices } from '../io';
import { describeEnd } from './describe-job';
import { followToRest } from './foreground';
import { isAtWork, ownsQueue } from './orphans';

const POLL_MS = 100;
/** Another command line may hold the queue for a moment, to put a dead run right. */
const OWN_WITHIN_POLLS = 20;
const WORST_FIRST = [EXIT.failed, EXIT.interrupted, EXIT.stopped, EXIT.done];

const queueBusy = (pid: number | undefined): AppError =>
  new AppError({
    code: 'queue_busy',
    message: `Another Pipeline process${pid === undefined ? '' : ` (${String(pid)})`} already runs the queue.`,
    hint: 'Leave it to that one, or close it first.',
  });

const own = async (services: CliServices): Promise<void> => {
  for (let poll = 0; poll < OWN_WITHIN_POLLS; poll += 1) {
    if (await ownsQueue(services)) return;
    await sleep(POLL_MS);
  }
  throw queueBusy((await services.repositories.lease.current())?.owner_pid);
};

/** How far each run was when it was last looked at. */
type Known = Map<string, Pick<TrainingJob, 'attempt' | 'last_seq'>>;

// A short run may begin and end between two looks: its attempt tells that it was worked.
const nextOf = async ({ jobs }: CliServices, known: Known): Promise<TrainingJob | undefined> => {
  const worked = (await jobs.list()).filter(
    (job) => isAtWork(job) || job.attempt !== (known.get(job.id)?.attempt ?? 0),
  );
  const inTurn = worked.toSorted((left, right) => left.position - right.position);
  return inTurn.find((job) => !isAtWork(job)) ?? inTurn.find(({ status }) => isActive(status)) ?? inTurn[0];
};

/** Works the queue until it is empty; answers how many runs it was and the worst end of one. */
export const runQueue = async (work: Workplace): Promise<{ runs: number; code: number }> => {
  const { services } = work.app;
  const known: Known = new Map((await services.jobs.list()).map((job) => [job.id, job]));
  await work.app.start();
  await own(services);
  const codes: number[] = [];
  for (let next = await nextOf(services, known); next; next = await nextOf(services, known)) {
    work.output.note(`“${next.name}”`, 'bold');
    const { job, code, wasStopped } = await followToRest(work, next, known.get(next.id)?.last_seq ?? 0);
    if (wasStopped) return { runs: codes.length + 1, code };
    if (job.status === 'completed') describeEnd(work.output, job);
    known.set(job.id, job);
    codes.push(code);
  }
  return { runs: codes.length, code: WORST_FIRST.find((code) => codes.includes(code)) ?? EXIT.done };
};
