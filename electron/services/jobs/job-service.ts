import { rm } from 'node:fs/promises';
import type { AsyncRepositories } from '../../db/async-repositories';
import type { NewJob, RunRequest } from '../../../src/lib/contract/contract';
import type { Publisher } from '../../../src/lib/contract/derived';
import { notThere } from '../../../src/lib/messages/not-there';
import { nextName } from '../../../src/lib/next-name';
import { isActive, isResumable } from '../../../src/lib/training/job-states';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { KeptRunDataset } from '../../../src/lib/types/run-mixture';
import type { TrainingSettings } from '../../../src/lib/types/training-settings';
import { JobMaker, type JobMakerOptions } from './job-maker';
import { MemoryProbe } from './memory-probe';
import { bucketOf, MODEL_BUCKET, runDirOf } from './paths';
import type { QueueRunner } from './queue-runner';
import { RateTest } from './rate-test';
import { refused, stillSaving } from './refusals';
import { checkResume, type ResumeCheckOptions } from './resume-check';
import { readJobFile } from './run-folder';
import { lastCompleted, runSize } from './run-size';
import type { TrialSlot } from './trial';

export interface JobServiceOptions extends JobMakerOptions, ResumeCheckOptions {
  readonly repositories: AsyncRepositories;
  readonly runner: Pick<
    QueueRunner,
    'owns' | 'saving' | 'isSaving' | 'wake' | 'command' | 'request' | 'cancel'
  >;
  readonly publisher: Publisher;
}

interface PageOf {
  readonly id: string;
  readonly offset: number;
  readonly limit: number;
}

/** `force` makes a run although memory or disk seem not to suffice; `uncounted` asks the bound of that, at once. */
interface Insistence {
  readonly force?: boolean;
  readonly uncounted?: boolean;
}

const RETRY_LIMIT = 5;

export class JobService {
  readonly #options: JobServiceOptions;
  readonly #maker: JobMaker;
  readonly rateTest: RateTest;
  readonly memoryProbe: MemoryProbe;
  readonly #trials: TrialSlot = { current: null };
  readonly #closing = new AbortController();

  constructor(options: JobServiceOptions) {
    this.#options = options;
    this.#maker = new JobMaker(options);
    const { publisher, repositories } = options;
    const trial = { maker: this.#maker, jobs: repositories.jobs, slot: this.#trials };
    this.rateTest = new RateTest({ ...trial, publisher });
    this.memoryProbe = new MemoryProbe(trial);
  }

  list(): Promise<TrainingJob[]> {
    return this.#options.repositories.jobs.list();
  }

  async get(id: string): Promise<TrainingJob> {
    const job = await this.#options.repositories.jobs.get(id);
    if (!job) throw notThere('run', id);
    return job;
  }

  /** Runs whose trainer lost its app and still saves; they rest when it has. */
  saving(): string[] {
    return [...this.#options.runner.saving];
  }

  /** Settings of a run that is not made yet, every default resolved. */
  settings(request: RunRequest): Promise<TrainingSettings> {
    return this.#maker.settings(request);
  }

  /** How long an optimizer step of such a run would take here. */
  probe(job: NewJob): Promise<{ readonly step_ms: number }> {
    return this.#maker.probe(job);
  }

  /** Writes the run folder and puts the job at the end of the queue; throws `does_not_fit` where it has no room. */
  async create(
    { name, sample_prompts, ...request }: NewJob,
    insistence: Insistence = {},
  ): Promise<TrainingJob> {
    await this.#withoutTrial();
    return this.#queued(await this.#maker.make({ name, request, sample_prompts, ...insistence }));
  }

  /** At the end of the program: what the trainer is asked about a run is nobody's question any more. */
  async stop(): Promise<void> {
    this.#closing.abort();
    this.#trials.current?.stop();
    await this.#trials.current?.left();
  }

  async pause(id: string): Promise<TrainingJob> {
    const job = await this.#atWork(id);
    await this.#options.runner.command(job.id, { command: 'pause' });
    return this.get(id);
  }

  /**
   * Leaves the job as it is, and throws `resume_refused`, where it cannot go on as the same run; `resume_not_exact`,
   * `resume_repeats` or `resume_unchecked` where a person has to know something first, unless `inexact` says that it is known.
   */
  async resume(id: string, { inexact = false }: { readonly inexact?: boolean } = {}): Promise<TrainingJob> {
    const job = await this.get(id);
    if (!isResumable(job.status))
      throw refused(
        'job_state',
        `A run that is ${job.status} cannot be resumed.`,
        'Retry makes a new run of it.',
      );
    await checkResume(job, { inexact, signal: this.#closing.signal }, this.#options);
    await this.#withoutTrial();
    const queued = await this.#options.repositories.jobs.requeue(id, [job.status]);
    if (!queued) throw refused('job_state', 'The run has changed meanwhile.', 'Look at it again.');
    return this.#queued(queued);
  }

  /** Ends a run for good; with `save` its best checkpoint becomes a model. */
  async cancel({
    id,
    save,
    reason,
  }: {
    id: string;
    save: boolean;
    reason: string | null;
  }): Promise<TrainingJob> {
    const job = await this.get(id);
    if (job.status === 'completed' || job.status === 'cancelled' || job.status === 'failed')
      throw refused(
        'job_state',
        `A run that is ${job.status} cannot be cancelled.`,
        'Nothing is left to stop.',
      );
    await this.#cancelAs(job, { save, reason });
    const after = await this.get(id);
    // Its turn came in that moment: now there is a trainer to be told.
    if (isActive(after.status) && !isActive(job.status)) await this.#cancelAs(after, { save, reason });
    return this.get(id);
  }

  /** A run without a trainer needs nobody's help: its state is compared and set. */
  #cancelAs({ id, status }: TrainingJob, wish: { save: boolean; reason: string | null }): Promise<void> {
    const { runner } = this.#options;
    return runner.owns || !isActive(status) ? runner.cancel(id, wish) : runner.request(id, 'cancel', wish);
  }

  /** The same dataset and settings as a new run with a name of its own, at most five times in a row; refused as `create` is. */
  async retry(id: string, { force }: Pick<Insistence, 'force'> = {}): Promise<TrainingJob> {
    const job = await this.get(id);
    if (isActive(job.status) || job.status === 'queued')
      throw refused('job_state', `A run that is ${job.status} cannot be retried.`, 'Cancel it first.');
    if (job.retry_count >= RETRY_LIMIT)
      throw refused(
        'retry_limit',
        `This run was retried ${RETRY_LIMIT} times.`,
        'Start a new run with other settings.',
      );
    const file = await readJobFile(runDirOf(this.#options.paths, id)).catch(() => null);
    const { dataset_id, base_model_id, preset_id, hyperparameters } = job;
    const names = (await this.list()).map(({ name }) => name);
    await this.#withoutTrial();
    return this.#queued(
      await this.#maker.make({
        name: nextName(job.name, names),
        request: { ...(await this.#mixtureOf(id)), dataset_id, base_model_id, preset_id, changes: {} },
        // Prompts that cannot be read any more are chosen anew.
        sample_prompts: file?.sample_prompts,
        settings: hyperparameters,
        retry_of: job,
        force,
      }),
    );
  }

  /** What the run learns from, its own dataset first. */
  async datasets(id: string): Promise<KeptRunDataset[]> {
    await this.get(id);
    return this.#options.repositories.jobs.datasets(id);
  }

  async #mixtureOf(id: string): Promise<Pick<RunRequest, 'weight' | 'more_datasets'>> {
    const [first, ...more] = await this.#options.repositories.jobs.datasets(id);
    if (first === undefined || more.length === 0) return {};
    const more_datasets = more.map(({ dataset_id, weight }) => ({ dataset_id, weight }));
    return { weight: first.weight, more_datasets };
  }

  async move(id: string, to: number): Promise<void> {
    const job = await this.get(id);
    if (job.status !== 'queued')
      throw refused(
        'job_state',
        `A run that is ${job.status} is not in the queue.`,
        'Only queued runs have a place.',
      );
    for (const moved of await this.#options.repositories.jobs.move(id, to))
      this.#options.publisher.publish('jobs.changed', moved);
  }

  /** The run, its model and their files, for good. */
  async delete(id: string): Promise<void> {
    const { paths, repositories, publisher, runner } = this.#options;
    const job = await this.get(id);
    const deleted = runner.isSaving(id) ? null : await repositories.outcomes.deleteJob(id);
    if (!deleted) throw refused('job_active', 'A run at work cannot be deleted.', 'Cancel it first.');
    publisher.publish('jobs.removed', { id });
    for (const artifactId of deleted.artifact_ids) publisher.publish('models.removed', { id: artifactId });
    await bucketOf(paths, MODEL_BUCKET, { userId: job.user_id }).remove(`${job.user_id}/${id}`);
    await rm(runDirOf(paths, id), { recursive: true, force: true });
  }

  async checkpointNow(id: string): Promise<void> {
    await this.#atWork(id);
    await this.#options.runner.command(id, { command: 'checkpoint' });
  }

  async sampleNow(id: string, prompt: string): Promise<void> {
    await this.#atWork(id);
    await this.#options.runner.command(id, { command: 'sample', prompt });
  }

  metrics(id: string) {
    return this.#options.repositories.records.points(id);
  }

  events({ id, offset, limit }: PageOf) {
    return this.#options.repositories.records.events(id, { offset, limit });
  }

  samples(id: string) {
    return this.#options.repositories.records.samples(id);
  }

  evaluations(id: string) {
    return this.#options.repositories.records.evaluations(id);
  }

  checkpoints(id: string) {
    return this.#options.repositories.records.checkpoints(id);
  }

  attempts(id: string) {
    return this.#options.repositories.attempts.list(id);
  }

  logs({ id, offset, limit }: PageOf) {
    return this.#options.repositories.records.logs(id, { offset, limit });
  }

  /** The folder of a run, where its `events.jsonl` can be followed. */
  runDir(id: string): string {
    return runDirOf(this.#options.paths, id);
  }

  /** What the run that was completed last holds on the disk, in bytes; null before there is one. */
  async lastSize(): Promise<number | null> {
    const last = lastCompleted(await this.list());
    return last ? runSize(this.#options.paths, last) : null;
  }

  /** A run is planned for a machine that works on nothing else. */
  async #withoutTrial(): Promise<void> {
    this.#trials.current?.giveWay();
    await this.#trials.current?.left();
  }

  async #queued(job: TrainingJob): Promise<TrainingJob> {
    // One may have begun while the run was made.
    await this.#withoutTrial();
    this.#options.publisher.publish('jobs.changed', job);
    await this.#options.runner.wake();
    return this.get(job.id);
  }

  async #atWork(id: string): Promise<TrainingJob> {
    const job = await this.get(id);
    if (!isActive(job.status))
      throw refused('job_state', `The run is ${job.status}, not at work.`, whatInstead(job.status));
    if (this.#options.runner.isSaving(id)) throw stillSaving();
    return job;
  }
}

const whatInstead = (status: TrainingJob['status']): string => {
  if (status === 'queued') return 'Cancel it, or let it wait for its turn.';
  return isResumable(status) ? 'Resume it first.' : 'It has ended; nothing is left to stop.';
};
