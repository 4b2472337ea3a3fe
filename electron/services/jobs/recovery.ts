import { setTimeout as sleep } from 'node:timers/promises';
import type { AsyncRepositories } from '../../db/async-repositories';
import type { Publisher } from '../../../src/lib/contract/derived';
import { isActive } from '../../../src/lib/training/job-states';
import type { JobAttempt } from '../../../src/lib/types/job-records';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import { readEvents } from '../metrics/event-file';
import { identify, isAlive, type ProcessIdentity, wasStartedWith } from '../trainer/process-identity';
import { isPassing } from './conclusion';
import type { Endings } from './endings';
import { failAbandonedExports } from '../models/abandoned-exports';
import { sweepLeftovers } from './leftovers';
import { type Paths, runDirOf } from './paths';

export interface RecoveryOptions {
  readonly repositories: AsyncRepositories;
  readonly publisher: Publisher;
  readonly endings: Endings;
  readonly paths: Paths;
  readonly onFailure: (error: unknown) => void;
}

const POLL_MS = 500;

// The app may die between starting a trainer and storing its number; the run folder then knows it.
const introduced = async (runDir: string, attempt: number): Promise<ProcessIdentity | null> => {
  const { events } = await readEvents(runDir);
  const [pid] = events
    .flatMap((event) => (event.event === 'hello' && event.attempt === attempt ? [event.pid] : []))
    .slice(-1);
  // The number may long belong to another process.
  return pid !== undefined && (await wasStartedWith(pid, runDir)) ? identify(pid) : null;
};

/** The trainer of an attempt if it still runs. */
const runningTrainer = async (
  attempt: JobAttempt | null,
  runDir: string,
): Promise<ProcessIdentity | null> => {
  if (!attempt) return null;
  const { pid, process_started_at, boot_id } = attempt;
  const known =
    pid === null || process_started_at === null || boot_id === null
      ? await introduced(runDir, attempt.number)
      : { pid, process_started_at, boot_id };
  return known && (await isAlive(known)) ? known : null;
};

const UNSEEN = { exit: null, exited_at: null, wish: null, cancel_reason: null };

const untilGone = async (trainer: ProcessIdentity): Promise<void> => {
  while (await isAlive(trainer)) await sleep(POLL_MS, undefined, { ref: false });
};

/** Brings jobs that an earlier process left at work to their end: by their run folder and the system. */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #saving = new Map<string, Promise<void>>();

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Jobs whose trainer lost its parent and still saves; nothing is started in their place. */
  get saving(): ReadonlySet<string> {
    return new Set(this.#saving.keys());
  }

  /** Resolves when those have ended that `recover` found saving. */
  async saved(): Promise<void> {
    await Promise.all(this.#saving.values());
  }

  /** Ends what can be ended at once; `onSaved` is called for each that had to be waited for. */
  async recover(onSaved: () => void): Promise<void> {
    const jobs = await this.#options.repositories.jobs.unfinished();
    for (const job of jobs.filter(({ id, status }) => isActive(status) && !this.#saving.has(id)))
      await this.#end(job, onSaved);
    // What is abandoned or left over must not keep the queue from working.
    await failAbandonedExports(this.#options.repositories.exports).catch(this.#options.onFailure);
    await sweepLeftovers(this.#options.paths).catch(this.#options.onFailure);
  }

  async #end(job: TrainingJob, onSaved: () => void): Promise<void> {
    const { repositories, paths, endings } = this.#options;
    try {
      const attempt = await repositories.attempts.last(job.id);
      const trainer = await runningTrainer(attempt, runDirOf(paths, job.id));
      if (trainer) this.#waitFor(job, trainer, onSaved);
      else await endings.end(job.id, UNSEEN);
    } catch (error) {
      if (isPassing(error)) throw error;
      await endings.fail(job.id, error);
    }
  }

  #waitFor(job: TrainingJob, trainer: ProcessIdentity, onSaved: () => void): void {
    const waiting = untilGone(trainer)
      .then(() => this.#options.endings.end(job.id, UNSEEN))
      .catch(this.#options.onFailure)
      .finally(() => {
        this.#saving.delete(job.id);
        this.#tellSaving();
        onSaved();
      });
    this.#saving.set(job.id, waiting);
    this.#options.publisher.publish('jobs.changed', job);
    this.#tellSaving();
  }

  #tellSaving(): void {
    this.#options.publisher.publish('jobs.saving_changed', [...this.#saving.keys()]);
  }
}
