import { join } from 'node:path';
import type { AsyncRepositories } from '../../db/async-repositories';
import type { AttemptEnd as StoredEnd } from '../../db/repositories/job-records';
import type { JobChanges } from '../../db/repositories/jobs';
import type { Publisher } from '../../../src/lib/contract/derived';
import { AppError, toErrorPayload } from '../../../src/lib/messages/app-error';
import type { Checkpoint } from '../../../src/lib/types/job-records';
import type { JobStatus, TrainingJob } from '../../../src/lib/types/lora-training';
import type { TrainerCommand } from '../../../src/lib/types/trainer-events';
import type { TrainerExit } from '../trainer/trainer-process';
import type { EventIngest } from '../metrics/event-ingest';
import type { ArtifactMaker, Result } from '../models/artifact-maker';
import { findCheckpoint } from './checkpoint-check';
import { decideOutcome, endReasonOf, type Outcome } from './outcome';
import { type Paths, runDirOf } from './paths';
import { costOf } from './time-at-work';

export interface ConclusionOptions {
  readonly repositories: Pick<AsyncRepositories, 'jobs' | 'attempts' | 'records'>;
  readonly maker: ArtifactMaker;
  readonly paths: Paths;
  readonly publisher: Publisher;
  readonly now: () => string;
}

/** What this process saw of an attempt and of what a person wanted of it. */
export interface Seen {
  readonly exit: TrainerExit | null;
  /** When the process ended; null, as `exit`, where nobody saw it. */
  readonly exited_at: string | null;
  /** What a person had asked for. */
  readonly wish: TrainerCommand | null;
  /** Stands in the row only where the run does end as cancelled. */
  readonly cancel_reason: string | null;
}

export interface Ended extends Seen {
  readonly ingest: EventIngest;
}

/** An end that can leave no model. */
type Unmade = Exclude<Outcome, { kind: 'completed' | 'cancelled' }>;

const NOTHING_KEPT: JobChanges = {
  error_code: 'nothing_kept',
  error_message: 'There was nothing to keep: it has no whole checkpoint of a step that it trained.',
  error_hint: 'Retry it as a new run to train it after all.',
};

const PASSING: readonly string[] = [
  'disk_full',
  'database_locked',
  'database_unwritable',
  'database_gone',
  'check_unfinished',
];

/** Whether an end only cannot be written now: nothing that says how a run went. */
export const isPassing = (error: unknown): boolean =>
  error instanceof AppError && PASSING.includes(error.code);

/** Ends attempts: what the trainer said, or what the system saw, becomes the job's state. */
export class Conclusion {
  readonly #options: ConclusionOptions;

  constructor(options: ConclusionOptions) {
    this.#options = options;
  }

  /** Throws where the end cannot be written now; whoever has the run's row anew may then ask again. */
  async conclude(ended: Ended): Promise<void> {
    await this.#conclude(ended).catch((error: unknown) => {
      if (isPassing(error)) throw error;
      return this.fail(ended.ingest.job.id, error);
    });
  }

  async #conclude(ended: Ended): Promise<void> {
    const { ingest, exit, wish } = ended;
    await ingest.replay();
    const end = { terminal: ingest.terminal, exit, wish };
    const outcome = decideOutcome(end);
    const job = await this.#ready(ingest.job, outcome);
    await this.#finishAttempt(job, {
      end_reason: endReasonOf(end),
      exit_code: exit?.code ?? null,
      signal: exit?.signal ?? null,
      ended_at: await this.#endOf(ended),
    });
    await this.#settle(job, outcome, ended);
  }

  /** The way out for what must not happen: a job never stays at work without a trainer. */
  async fail(jobId: string, error: unknown): Promise<void> {
    const job = await this.#options.repositories.jobs.get(jobId);
    if (job?.status !== 'initializing' && job?.status !== 'running') return;
    const stack = error instanceof Error ? (error.stack ?? null) : null;
    const unseen = { exit_code: null, signal: null, end_reason: 'failed', ended_at: this.#options.now() };
    await this.#finishAttempt(job, unseen);
    await this.#apply(job, { kind: 'failed', error: toErrorPayload(error), stack });
  }

  /** At the end of the program: a run whose adapter is still to be checked is ended by the next start. */
  stop(): void {
    this.#options.maker.stop();
  }

  /** Ends a job without a trainer as cancelled, with its best checkpoint as the result where that is asked for. */
  async cancelIdle(
    job: TrainingJob,
    { save, reason }: { save: boolean; reason: string | null },
  ): Promise<void> {
    await this.#cancel(job, save, { ...(await this.#ending(job)), cancel_reason: reason });
  }

  // Where nothing was saved for it, the best checkpoint that is still whole is what the run has come to.
  async #cancel(job: TrainingJob, keep: boolean, changes: JobChanges): Promise<void> {
    const found = keep ? await this.#bestLearned(job) : null;
    if (found) {
      const result = { adapter_path: found.path, adapter_sha256: null, source_step: found.step };
      await this.#make({ job, to: 'cancelled', ...result, changes });
      return;
    }
    this.#publish(await this.#move(job, 'cancelled', { ...changes, ...(keep && NOTHING_KEPT) }));
  }

  // That of step 0 is the base model and no more.
  async #bestLearned({ id }: TrainingJob): Promise<Checkpoint | null> {
    const { repositories, paths } = this.#options;
    const learned = (await repositories.records.checkpoints(id)).filter(({ step }) => step > 0);
    return findCheckpoint(runDirOf(paths, id), learned, 'best');
  }

  // An attempt that has ended keeps its own end: what is told of it now came after it.
  async #finishAttempt({ id, attempt }: TrainingJob, end: StoredEnd): Promise<void> {
    const { attempts } = this.#options.repositories;
    if ((await attempts.last(id))?.ended_at === null) await attempts.finish(id, attempt, end);
  }

  // Where nobody saw it end, its last word is the end: the app may come back days later.
  async #endOf({ ingest, exited_at }: Ended): Promise<string> {
    if (exited_at !== null) return exited_at;
    const attempt = await this.#options.repositories.attempts.last(ingest.job.id);
    return ingest.lastHeardAt ?? attempt?.started_at ?? this.#options.now();
  }

  // A trainer may end before we have read its first step; the table wants a running job to complete.
  async #ready(job: TrainingJob, outcome: Outcome): Promise<TrainingJob> {
    if (outcome.kind !== 'completed' || job.status !== 'initializing') return job;
    return (await this.#move(job, 'running', {})) ?? job;
  }

  async #settle(job: TrainingJob, outcome: Outcome, { wish, cancel_reason }: Ended): Promise<void> {
    if (outcome.kind === 'completed') {
      const { adapter_path, adapter_sha256, source_step } = outcome.event;
      const changes: JobChanges = {
        ...(await this.#ending(job)),
        progress: 100,
        current_stage: 'finalization',
      };
      return this.#make({ job, to: 'completed', adapter_path, adapter_sha256, source_step, changes });
    }
    if (outcome.kind !== 'cancelled') return this.#apply(job, outcome);
    const { event } = outcome;
    const keep = wish?.command === 'stop' && wish.save;
    const changes = { ...(await this.#ending(job)), ...(cancel_reason !== null && { cancel_reason }) };
    if (!event?.saved || event.adapter_path === null) return this.#cancel(job, keep, changes);
    const result = { adapter_path: event.adapter_path, adapter_sha256: null, source_step: event.step };
    return this.#make({ job, to: 'cancelled', ...result, changes });
  }

  async #make(result: Result): Promise<void> {
    const made = await this.#options.maker.make({ ...result, adapter_path: this.#inside(result) });
    if (!made) return;
    this.#publish(made.job);
    this.#options.publisher.publish('models.changed', made.artifact);
  }

  // A path of the trainer's may be absolute; only what lies in the run folder is ever taken.
  #inside({ job, adapter_path }: Result): string {
    const runDir = join(runDirOf(this.#options.paths, job.id), '/');
    const relative = adapter_path.startsWith(runDir) ? adapter_path.slice(runDir.length) : adapter_path;
    return relative
      .split(/[\\/]/)
      .filter((part) => part !== '' && part !== '.' && part !== '..')
      .join('/');
  }

  async #apply(job: TrainingJob, outcome: Unmade): Promise<void> {
    this.#publish(await this.#move(job, outcome.kind, await this.#changesOf(job, outcome)));
  }

  #move(job: TrainingJob, to: JobStatus, changes: JobChanges): Promise<TrainingJob | null> {
    return this.#options.repositories.jobs.transition(job.id, { from: [job.status], to }, changes);
  }

  async #changesOf(job: TrainingJob, outcome: Unmade): Promise<JobChanges> {
    const cost = await this.#costOf(job);
    if (outcome.kind === 'paused') return { current_cost: cost, estimated_completion_at: null };
    const { code, message, hint } = outcome.error;
    const error = { error_code: code, error_message: message, error_hint: hint };
    if (outcome.kind === 'interrupted')
      return { ...error, current_cost: cost, estimated_completion_at: null };
    return { ...error, ...(await this.#ending(job)), error_stack: outcome.stack };
  }

  async #ending(job: TrainingJob): Promise<JobChanges> {
    const now = this.#options.now();
    const cost = await this.#costOf(job);
    return { completed_at: now, final_cost: cost, current_cost: cost, estimated_completion_at: null };
  }

  async #costOf({ id, gpu_config }: TrainingJob): Promise<number> {
    const attempts = await this.#options.repositories.attempts.list(id);
    return costOf(attempts, { gpu: gpu_config, now: this.#options.now() });
  }

  #publish(job: TrainingJob | null): void {
    if (job) this.#options.publisher.publish('jobs.changed', job);
  }
}
