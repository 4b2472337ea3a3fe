import { AppError } from '../../../src/lib/messages/app-error';
import { isActive } from '../../../src/lib/training/job-states';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { Workplace } from '../command';
import { EXIT, exitCodeOfStatus } from '../exit-codes';
import { STOP_CODES, type StopKind } from '../stop-signals';
import { isAtWork, ownsQueue } from './orphans';

export interface StopOfRun {
  /** Ends the following, where there is nothing to wait for. */
  readonly signal: AbortSignal;
  readonly kind: () => StopKind | null;
  readonly dispose: () => void;
}

const noteOf = (kind: StopKind): string =>
  kind === 'interrupt'
    ? 'Saving; the run can be resumed. Once more leaves at once, and the run saves by itself.'
    : 'Saving; the run can be resumed.';

/** Ctrl-C and its like: a run of ours saves and pauses; one of another process is only no longer followed. */
export const stopOnSignal = ({ io, app, output }: Workplace, id: string): StopOfRun => {
  const { jobs, runner } = app.services;
  const leave = new AbortController();
  let told: StopKind | null = null;
  const stop = async (kind: StopKind): Promise<void> => {
    told = kind;
    runner.startNoMore();
    if (!(await ownsQueue(app.services)) || !isActive((await jobs.get(id)).status)) {
      leave.abort();
      return;
    }
    try {
      await jobs.pause(id);
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== 'job_state') throw thrown;
      // It is ending by itself, which is worth the moment.
      output.note(`${thrown.message} ${thrown.hint} Once more leaves at once.`);
      return;
    }
    output.note(noteOf(kind));
  };
  const dispose = io.onStop((kind) => {
    stop(kind).catch((thrown: unknown) => {
      leave.abort();
      output.failure(thrown);
    });
  });
  return { signal: leave.signal, kind: () => told, dispose };
};

/** Ctrl-C is 130 whatever it saved; another end of the process leaves a run that can be resumed. */
export const codeAfter = (kind: StopKind | null, job: TrainingJob): number => {
  if (kind === null || job.status === 'completed') return exitCodeOfStatus(job.status);
  if (kind === 'interrupt') return EXIT.stopped;
  return isAtWork(job) ? STOP_CODES[kind] : exitCodeOfStatus(job.status);
};
