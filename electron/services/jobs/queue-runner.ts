import { EventEmitter, once } from 'node:events';
import { z } from 'zod';
import { toErrorPayload } from '../../../src/lib/messages/app-error';
import { isActive } from '../../../src/lib/training/job-states';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import { TrainerCommand } from '../../../src/lib/types/trainer-events';
import { type AttemptOptions, AttemptRun } from './attempt-run';
import type { Conclusion } from './conclusion';
import { Endings } from './endings';
import { type OwnerKind, QueueLease } from './queue-lease';
import { Recovery } from './recovery';
import { notYetWritten, stillSaving } from './refusals';
import { devicesFrom, nextOf } from './scheduler';

export interface QueueRunnerOptions extends Omit<AttemptOptions, 'endings'> {
  readonly conclusion: Conclusion;
  readonly kind: OwnerKind;
  /** Cards by UUID, and `cpu`. */
  readonly devices: () => Promise<readonly string[]>;
  readonly poll_ms?: number;
  /** The process that the lease names; tests take another one. */
  readonly pid?: number;
}

const POLL_MS = 250;
const Cancel = z.object({ save: z.boolean(), reason: z.string().nullable() });

/** Runs the queue in the process that holds its lease; in any other it waits for the lease. */
export class QueueRunner {
  readonly #options: QueueRunnerOptions;
  readonly #lease: QueueLease;
  readonly #endings: Endings;
  readonly #recovery: Recovery;
  readonly #runs = new Map<string, AttemptRun>();
  readonly #rest = new EventEmitter();
  #owns = false;
  #stopping = false;
  #lastJobId: string | null = null;
  #startsNoMore = false;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();
  #beat: Promise<void> = Promise.resolve();

  constructor(options: QueueRunnerOptions) {
    this.#options = options;
    this.#lease = new QueueLease(options.repositories.lease, options.kind, options.pid);
    this.#endings = new Endings(options);
    this.#recovery = new Recovery({ ...options, endings: this.#endings });
  }

  /** Whether this process runs the queue. */
  get owns(): boolean {
    return this.#owns;
  }

  /** Jobs whose trainer lost its parent and still saves. */
  get saving(): ReadonlySet<string> {
    return this.#recovery.saving;
  }

  isSaving(jobId: string): boolean {
    return this.saving.has(jobId);
  }

  /** Takes the lease if it is free, ends what a dead process left, and starts to work; answers `owns`. */
  async start(): Promise<boolean> {
    await this.#tick();
    this.#schedule();
    return this.#owns;
  }

  /**
   * Ends what a dead process left at work and what it was still asked for, without working the queue.
   * For a process that has not started. Answers false where a living one runs the queue: its word counts.
   * Throws where an end cannot be written.
   */
  settle(): Promise<boolean> {
    return this.#settle(() => this.#recovery.saved());
  }

  /** The same of those whose trainers have died as well; those that still save end when they have. */
  settleDead(): Promise<boolean> {
    return this.#settle(() => Promise.resolve());
  }

  async #settle(saved: () => Promise<void>): Promise<boolean> {
    if (!(await this.#lease.acquire())) return false;
    try {
      await this.#recover();
      await saved();
      await this.#answerRequests();
      this.#endings.giveUp();
    } finally {
      await this.#lease.release();
    }
    return true;
  }

  /** Starts nothing more; with an id, nothing after that job. What runs goes on. */
  startNoMore(lastJobId: string | null = null): void {
    this.#lastJobId = lastJobId;
    if (lastJobId === null) this.#startsNoMore = true;
  }

  /** Looks at the queue now rather than at the next beat. */
  async wake(): Promise<void> {
    await this.#next();
  }

  /** Resolves when nothing is queued, running or being saved. */
  async idle(): Promise<void> {
    await this.wake();
    while (await this.#isBusy()) await once(this.#rest, 'change');
  }

  /** To the trainer of a job, whichever process owns it. */
  async command(jobId: string, command: TrainerCommand): Promise<void> {
    if (this.#owns) await this.#tell(jobId, command);
    else await this.request(jobId, 'trainer', command);
  }

  /** Asks the process that runs the queue. */
  async request(
    jobId: string,
    command: 'trainer' | 'cancel',
    payload: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await this.#options.repositories.requests.enqueue({ job_id: jobId, command, payload });
  }

  /** Lets trainers save and leave, ends the check of an adapter, and gives the lease back. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#options.conclusion.stop();
    clearTimeout(this.#timer);
    await this.#beat;
    await this.#turn;
    const runs = [...this.#runs.values()];
    for (const run of runs) run.letGo();
    await Promise.all(runs.map(({ done }) => done));
    if (this.#owns) await this.#lease.release();
    this.#owns = false;
    this.#rest.emit('change');
  }

  #schedule(): void {
    if (this.#stopping) return;
    this.#timer = setTimeout(() => {
      this.#beat = this.#tick()
        .catch(this.#options.onFailure)
        .finally(() => this.#schedule());
    }, this.#options.poll_ms ?? POLL_MS);
    this.#timer.unref();
  }

  async #tick(): Promise<void> {
    if (!this.#owns) await this.#tryToOwn();
    if (!this.#owns) return;
    if (await this.#endings.again()) this.#rest.emit('change');
    await this.#answerRequests();
    await this.#next();
  }

  async #tryToOwn(): Promise<void> {
    if (!(await this.#lease.acquire())) return;
    // Before it is known what a dead process left, this one must not work: where that fails it is tried again.
    await this.#recover();
    this.#owns = true;
  }

  #recover(): Promise<void> {
    return this.#recovery.recover(() => {
      this.#rest.emit('change');
      this.#next().catch(this.#options.onFailure);
    });
  }

  async #answerRequests(): Promise<void> {
    const { requests } = this.#options.repositories;
    for (const { id, job_id, command, payload } of await requests.take()) {
      await requests.answer(id, await this.#answer(job_id, command, payload));
    }
  }

  // A request that fails is answered so; it must not keep the next one from being read.
  async #answer(jobId: string | null, command: string, payload: unknown): Promise<Record<string, unknown>> {
    try {
      return { done: jobId !== null && (await this.#obey(jobId, command, payload)) };
    } catch (error) {
      return { done: false, error: toErrorPayload(error) };
    }
  }

  async #obey(jobId: string, command: string, payload: unknown): Promise<boolean> {
    if (command === 'cancel') {
      const wish = Cancel.safeParse(payload);
      if (wish.success) await this.cancel(jobId, wish.data);
      return wish.success;
    }
    const order = TrainerCommand.safeParse(payload);
    return order.success && this.#tell(jobId, order.data);
  }

  /** Answers false where the run has no trainer. */
  async #tell(jobId: string, command: TrainerCommand): Promise<boolean> {
    if (this.#endings.unwritten.has(jobId)) throw notYetWritten();
    const run = this.#runs.get(jobId);
    await run?.command(command);
    return run !== undefined;
  }

  /** Ends a job, with a trainer or without; only where this process owns the queue. */
  async cancel(jobId: string, { save, reason }: z.infer<typeof Cancel>): Promise<void> {
    const run = this.#runs.get(jobId);
    if (run) return run.command({ command: 'stop', save }, reason);
    if (this.#endings.unwritten.has(jobId)) throw notYetWritten();
    if (this.isSaving(jobId)) throw stillSaving();
    const job = await this.#options.repositories.jobs.get(jobId);
    if (job && !isActive(job.status)) await this.#options.conclusion.cancelIdle(job, { save, reason });
  }

  // One turn at a time: two would begin two runs.
  #next(): Promise<void> {
    const turn = this.#turn.then(() => this.#startWhatFits());
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #startWhatFits(): Promise<void> {
    if (!this.#owns || this.#stopping) return;
    // One run in all: what it needs is reckoned for a machine that works on nothing else, and a trainer that
    // still saves may hold any of the cards. Where an end cannot be written a start cannot either.
    if (this.#atWork > 0) return;
    const queued = await this.#startable();
    if (queued.length === 0) return;
    const devices = await this.#options.devices();
    const next = nextOf(queued, devices);
    const job = queued.find(({ id }) => id === next?.job_id);
    if (next && job)
      await this.#begin(job, next.device, devicesFrom(next.device, job.hyperparameters.processes, devices));
  }

  get #atWork(): number {
    return this.#runs.size + this.#recovery.saving.size + this.#endings.unwritten.size;
  }

  // There is one run in all: with its first card it holds the others.
  async #begin(job: TrainingJob, device: string, devices: readonly string[]): Promise<void> {
    const { repositories, publisher, now } = this.#options;
    const started = await repositories.devices.begin(job.id, device, {
      attempt: job.attempt + 1,
      started_at: job.started_at ?? now(),
      current_stage: 'preprocessing',
    });
    if (started === 'not_queued') return;
    // We work on no run that could hold it: one has lost its process.
    if (started === 'leased') return this.#recover();
    publisher.publish('jobs.changed', started);
    const run = new AttemptRun({ ...this.#options, endings: this.#endings }, started, devices);
    this.#runs.set(started.id, run);
    run.done.catch(this.#options.onFailure).finally(() => {
      this.#runs.delete(started.id);
      this.#rest.emit('change');
      this.#next().catch(this.#options.onFailure);
    });
  }

  async #isBusy(): Promise<boolean> {
    if (this.#stopping) return false;
    if (this.#atWork > 0) return true;
    return this.#owns && (await this.#startable()).length > 0;
  }

  /** What waits and may be started by this process; nothing once the run that was to be its last has left the queue. */
  async #startable(): Promise<readonly TrainingJob[]> {
    if (this.#startsNoMore) return [];
    const queued = await this.#options.repositories.jobs.queued();
    const last = this.#lastJobId;
    return last === null || queued.some(({ id }) => id === last) ? queued : [];
  }
}
