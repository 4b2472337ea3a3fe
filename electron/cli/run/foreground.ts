import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../../src/lib/messages/app-error';
import { isActive } from '../../../src/lib/training/job-states';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { Workplace } from '../command';
import { EXIT, exitCodeOfStatus } from '../exit-codes';
import type { CliServices } from '../io';
import type { Output } from '../output/output';
import { describeEnd } from './describe-job';
import { followRun, isAtWork } from './follow-run';

const POLL_MS = 250;

/** Whether this process runs the queue; another one, such as the window, may. */
const ownsQueue = async ({ repositories }: CliServices): Promise<boolean> =>
  (await repositories.lease.current())?.owner_pid === process.pid;

const tellJob = (output: Output, job: TrainingJob): void => {
  if (output.json) output.document({ event: 'job', job });
};

interface Stop {
  readonly signal: AbortSignal;
  readonly wasAsked: () => boolean;
  readonly dispose: () => void;
}

/** Ctrl-C: a run of ours is told to save and pause; one of another process is only no longer followed. */
const stopOnInterrupt = ({ io, app, output }: Workplace, id: string): Stop => {
  const { services } = app;
  const leave = new AbortController();
  const stop = async (): Promise<void> => {
    const job = await services.jobs.get(id);
    if (!(await ownsQueue(services)) || !isActive(job.status)) {
      leave.abort();
      return;
    }
    output.note('Saving; the run can be resumed. One moment …');
    await services.jobs.pause(id);
  };
  let asked = false;
  const dispose = io.onInterrupt(() => {
    if (asked) return;
    asked = true;
    stop().catch((thrown: unknown) => {
      leave.abort();
      output.failure(thrown);
    });
  });
  return { signal: leave.signal, wasAsked: () => asked, dispose };
};

/** Follows a run to its rest and shows it before and after. Where nobody runs the queue, this process does. */
export const runInForeground = async (
  work: Workplace,
  begin: () => Promise<TrainingJob>,
): Promise<{ job: TrainingJob; code: number }> => {
  const { app, output } = work;
  await app.start();
  const job = await begin();
  tellJob(output, job);
  if (!(await ownsQueue(app.services)))
    output.note('Another Pipeline process runs the queue; this one follows.');
  const stop = stopOnInterrupt(work, job.id);
  try {
    const ended = await followRun({ output, services: app.services, signal: stop.signal }, job);
    tellJob(output, ended);
    const code = stop.wasAsked() ? EXIT.stopped : exitCodeOfStatus(ended.status);
    if (code === EXIT.stopped || ended.status !== 'completed') describeEnd(output, ended);
    return { job: ended, code };
  } finally {
    stop.dispose();
  }
};

/** Until the run rests, whoever works on it. */
export const waitForRest = async (services: CliServices, id: string): Promise<TrainingJob> => {
  for (;;) {
    const job = await services.jobs.get(id);
    if (!isAtWork(job)) return job;
    await sleep(POLL_MS);
  }
};

const queueBusy = (): AppError =>
  new AppError({
    code: 'queue_busy',
    message: 'Another Pipeline process already runs the queue.',
    hint: 'Leave it to that one, or close it first.',
  });

const WORST_FIRST = [EXIT.stopped, EXIT.failed, EXIT.interrupted, EXIT.done];

/** Works the queue until it is empty; answers the worst end. */
export const runQueue = async (work: Workplace): Promise<{ jobs: TrainingJob[]; code: number }> => {
  const { app, output } = work;
  const { services } = app;
  await app.start();
  if (!(await ownsQueue(services))) throw queueBusy();
  const jobs: TrainingJob[] = [];
  const codes: number[] = [];
  for (;;) {
    const waiting = (await services.jobs.list()).filter(isAtWork);
    const next =
      waiting.find(({ status }) => isActive(status)) ?? waiting.sort((a, b) => a.position - b.position)[0];
    if (!next) break;
    output.note(`“${next.name}”`, 'bold');
    const { job, code } = await runInForeground(work, () => Promise.resolve(next));
    if (job.status === 'completed') describeEnd(output, job);
    jobs.push(job);
    codes.push(code);
    if (code === EXIT.stopped && job.status !== 'cancelled') break;
  }
  return { jobs, code: WORST_FIRST.find((code) => codes.includes(code)) ?? EXIT.done };
};

const PATIENCE_MS = 120_000;

/** The run once it rests, for a command that has asked it to; another process may have to hear of it first. */
export const untilRest = async (services: CliServices, id: string): Promise<TrainingJob> => {
  const late = sleep(PATIENCE_MS, null, { ref: false });
  const job = await Promise.race([waitForRest(services, id), late]);
  if (job) return job;
  throw new AppError({
    code: 'no_answer',
    message: 'The process that runs the queue has not answered.',
    hint: 'Look at the run again in a while, or start Pipeline, which puts it right.',
  });
};
