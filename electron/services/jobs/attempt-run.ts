import { mkdir } from 'node:fs/promises';
import type { AsyncRepositories } from '../../db/async-repositories';
import type { AppReceipt } from '../../db/repositories/job-records';
import type { Publisher } from '../../../src/lib/contract/derived';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { TrainerCommand } from '../../../src/lib/types/trainer-events';
import { EventIngest } from '../metrics/event-ingest';
import type { RunInputs } from '../trainer/run-inputs';
import type { RunningTrainer, TrainerExit, TrainerStart } from '../trainer/trainer-process';
import { type DiskCheckOptions, refuseFullDisk } from './disk-check';
import type { Endings } from './endings';
import { findInputs } from './find-inputs';
import { type Paths, runDirOf } from './paths';
import { beingCancelled, stillEnding } from './refusals';
import { readJobFile } from './run-folder';

export type LaunchTrainer = (start: TrainerStart, devices: readonly string[]) => Promise<RunningTrainer>;

export interface AttemptOptions extends DiskCheckOptions {
  readonly repositories: AsyncRepositories;
  readonly publisher: Publisher;
  readonly endings: Endings;
  readonly paths: Paths;
  readonly launch: LaunchTrainer;
  readonly receipt: () => Promise<AppReceipt>;
  readonly onFailure: (error: unknown) => void;
  readonly now: () => string;
  /** How long a trainer that was told to stop may take before it is killed. */
  readonly stop_patience_ms?: number;
}

const STOP_PATIENCE_MS = 90_000;
const LOG_FLUSH_MS = 500;
// A trainer that floods its log fills trainer.log, not the database.
const LOG_LINES_A_FLUSH = 200;

/** One attempt from its process to its conclusion. */
export class AttemptRun {
  readonly job: TrainingJob;
  /** `cpu`, or a card for each process. */
  readonly devices: readonly string[];
  readonly done: Promise<void>;
  readonly #options: AttemptOptions;
  readonly #ingest: EventIngest;
  #trainer: RunningTrainer | null = null;
  /** The last command that ends the attempt. */
  #wish: TrainerCommand | null = null;
  #reason: string | null = null;
  #hasExited = false;
  #leaving = false;
  #logs: string[] = [];
  #logTimer: NodeJS.Timeout | undefined;
  #killTimer: NodeJS.Timeout | undefined;

  /** `job` is initializing, and `job.attempt` is the number of this attempt. */
  constructor(options: AttemptOptions, job: TrainingJob, devices: readonly string[]) {
    this.#options = options;
    this.job = job;
    this.devices = devices;
    const { repositories, publisher, onFailure } = options;
    this.#ingest = new EventIngest({ job, runDir: this.#runDir, repositories, publisher, onFailure });
    this.done = this.#run();
  }

  /**
   * Hands a command to the trainer; one that comes too early is kept as what a person wants, with the reason
   * of a stop. Throws `job_state` where the trainer has had its last word, or is to pause after it was told to stop.
   */
  async command(command: TrainerCommand, reason: string | null = null): Promise<void> {
    this.#hand(command);
    const isWish = command.command === 'pause' || command.command === 'stop';
    if (isWish) this.#wish = command;
    if (command.command === 'stop') this.#reason = reason;
    if (!this.#trainer) return;
    if (isWish) this.#expectEnd();
    // It is delivered, whatever the database can take at the moment.
    await this.#ingest.flush().catch(this.#options.onFailure);
  }

  /** The app ends: the trainer saves and leaves. */
  letGo(): void {
    this.#leaving = true;
    if (!this.#trainer) return;
    this.#trainer.letGo();
    this.#expectEnd();
  }

  get #isOver(): boolean {
    return this.#hasExited || this.#ingest.terminal !== null;
  }

  #hand(command: TrainerCommand): void {
    if (command.command === 'pause' && this.#wish?.command === 'stop') throw beingCancelled();
    if (this.#isOver || (this.#trainer && !this.#send(this.#trainer, command))) throw stillEnding();
  }

  // One that is let go hears nothing more; what is wanted of it then still counts.
  #send(trainer: RunningTrainer, command: TrainerCommand): boolean {
    return trainer.send(command) || this.#leaving;
  }

  get #runDir(): string {
    return runDirOf(this.#options.paths, this.job.id);
  }

  async #run(): Promise<void> {
    const { endings, onFailure, now } = this.#options;
    const { id } = this.job;
    try {
      const exit = await this.#train();
      const exited_at = now();
      this.#hasExited = true;
      await this.#ingest.flush().catch(onFailure);
      await endings.end(id, { exit, exited_at, wish: this.#wish, cancel_reason: this.#reason });
    } catch (error) {
      await endings.fail(id, error);
    } finally {
      clearTimeout(this.#killTimer);
      await this.#flushLogs().catch(onFailure);
    }
  }

  async #train(): Promise<TrainerExit> {
    const { attempts } = this.#options.repositories;
    const { id, attempt } = this.job;
    await mkdir(this.#options.paths.cacheDir, { recursive: true, mode: 0o700 });
    await attempts.create({
      job_id: id,
      number: attempt,
      pid: null,
      process_started_at: null,
      boot_id: null,
      devices: [...this.devices],
      ...(await this.#options.receipt()),
    });
    await refuseFullDisk(this.job, this.#options);
    const trainer = await this.#options.launch(this.#start(await this.#inputs()), this.devices);
    this.#trainer = trainer;
    this.#catchUp(trainer);
    try {
      const identity = await trainer.identity;
      if (identity.pid > 0) await attempts.update(id, attempt, identity);
    } catch (error) {
      // A job that has failed must not leave a trainer that nobody knows.
      await trainer.kill().catch(this.#options.onFailure);
      throw error;
    }
    return trainer.exited;
  }

  // What was wanted of the attempt while it had no trainer yet.
  #catchUp(trainer: RunningTrainer): void {
    if (this.#wish) trainer.send(this.#wish);
    if (this.#leaving) trainer.letGo();
    if (this.#wish || this.#leaving) this.#expectEnd();
  }

  // What is wrong with a job file is the trainer's to say.
  async #inputs(): Promise<RunInputs | null> {
    const file = await readJobFile(this.#runDir).catch(() => null);
    return file && findInputs(file, this.#options);
  }

  #start(inputs: RunInputs | null): TrainerStart {
    return {
      run_dir: this.#runDir,
      attempt: this.job.attempt,
      after_seq: this.job.last_seq,
      processes: this.job.hyperparameters.processes,
      inputs,
      onLine: (line) => this.#ingest.accept(line),
      onLog: (line) => this.#log(line),
      onSilence: () => this.#log('nothing was heard from the trainer for 30 s'),
      onOverlong: () => this.#log('a line of more than 1 MiB from the trainer was dropped'),
    };
  }

  #expectEnd(): void {
    if (this.#killTimer) return;
    this.#killTimer = setTimeout(() => {
      this.#trainer?.kill().catch(this.#options.onFailure);
    }, this.#options.stop_patience_ms ?? STOP_PATIENCE_MS);
  }

  #log(line: string): void {
    if (this.#logs.length < LOG_LINES_A_FLUSH) this.#logs.push(line);
    this.#logTimer ??= setTimeout(() => {
      this.#flushLogs().catch(this.#options.onFailure);
    }, LOG_FLUSH_MS);
  }

  async #flushLogs(): Promise<void> {
    clearTimeout(this.#logTimer);
    this.#logTimer = undefined;
    const lines = this.#logs;
    this.#logs = [];
    if (lines.length > 0)
      await this.#options.repositories.records.appendLogs(this.job.id, this.job.attempt, lines);
  }
}
