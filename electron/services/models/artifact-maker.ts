import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { ArtifactFile, ModelArtifact } from '../../../src/lib/types/model-artifact';
import type { JobFile } from '../../../src/lib/types/run-folder';
import type { Quantization } from '../../../src/lib/types/training-settings';
import { bucketOf, MODEL_BUCKET, type Paths, runDirOf } from '../jobs/paths';
import { refused } from '../jobs/refusals';
import { readJobFile } from '../jobs/run-folder';
import type { AsyncRepositories } from '../../db/async-repositories';
import type { NewArtifact } from '../../db/repositories/artifacts';
import type { JobChanges } from '../../db/repositories/jobs';
import { readEvents } from '../metrics/event-file';
import type { Bucket } from '../storage/buckets';
import { type FigureSources, metricsLog, qualityMetrics, trainingSummary } from './artifact-figures';
import { LOG_FILE, stageAdapter, unusable } from './stage-adapter';

export interface AdapterCheck {
  readonly adapterDir: string;
  readonly baseModelDir: string;
  /** What training saw of the base model. */
  readonly quantization: Quantization;
}

interface Loaded {
  readonly ok: boolean;
  readonly message?: string | undefined;
}

export interface ArtifactMakerOptions {
  readonly repositories: Pick<AsyncRepositories, 'outcomes'>;
  readonly paths: Paths;
  /** Loads the adapter on its base model; throws, or answers why it does not. */
  readonly verify: (check: AdapterCheck, signal: AbortSignal) => Promise<Loaded>;
  /** The setting for the largest file; E01's limit where it is not given. */
  readonly maxFileBytes?: () => Promise<number>;
  /** How long a check may take: one that hangs would keep the queue. */
  readonly check_patience_ms?: number;
}

const CHECK_PATIENCE_MS = 60 * 60_000;

export interface Result {
  readonly job: TrainingJob;
  readonly to: 'completed' | 'cancelled';
  /** Relative to the run folder. */
  readonly adapter_path: string;
  /** `null` where the trainer gave none: a checkpoint's adapter is covered by its manifest. */
  readonly adapter_sha256: string | null;
  readonly source_step: number;
  readonly changes: JobChanges;
}

const unfinished = () =>
  refused(
    'check_unfinished',
    'Pipeline ended before the adapter of the run was checked.',
    'The next start checks it again.',
  );

const tooLong = () =>
  refused(
    'check_too_long',
    'The check of the adapter did not end and was stopped; the adapter is in the folder of the run.',
    'Resume the run: it ends at its last checkpoint and is checked again.',
  );

/** Turns a run's adapter into a stored model: staged, checked, renamed, and only then recorded. */
export class ArtifactMaker {
  readonly #options: ArtifactMakerOptions;
  readonly #leaving = new AbortController();

  constructor(options: ArtifactMakerOptions) {
    this.#options = options;
  }

  /** At the end of the program: ends the checks that go on and refuses others, with `check_unfinished`. */
  stop(): void {
    this.#leaving.abort();
  }

  /** `null` where the job was ended by someone else meanwhile. */
  async make(result: Result): Promise<{ artifact: ModelArtifact; job: TrainingJob } | null> {
    const { paths, repositories } = this.#options;
    const { job } = result;
    const runDir = runDirOf(paths, job.id);
    const [file, { events }] = await Promise.all([readJobFile(runDir), readEvents(runDir)]);
    const storage_path = `${job.user_id}/${job.id}`;
    const files = await this.#store(result, { file, storage_path, log: metricsLog(events) });
    const sources: FigureSources = { job, file, events, source_step: result.source_step };
    const row: NewArtifact = {
      id: randomUUID(),
      job_id: job.id,
      dataset_id: job.dataset_id,
      base_model_id: job.base_model_id,
      origin: 'trained',
      name: job.name,
      description: null,
      quality_metrics: qualityMetrics({ ...sources, settings: file.settings }),
      training_summary: trainingSummary(sources),
      configuration: file.settings,
      artifacts: files,
      parent_model_id: job.init_artifact_id,
      storage_path,
      source_step: result.source_step,
      base_model_fingerprint: file.base_model.fingerprint,
    };
    return repositories.outcomes.finish(job.id, row, {
      from: job.status,
      to: result.to,
      changes: result.changes,
    });
  }

  /** What is checked is the copy that is kept; nothing of it stays where the check fails. */
  async #store(
    { job, adapter_path, adapter_sha256 }: Result,
    { file, storage_path, log }: { file: JobFile; storage_path: string; log: string },
  ): Promise<ArtifactFile[]> {
    const { paths } = this.#options;
    const bucket = await this.#bucket(job.user_id);
    const staging = await bucket.resolve(`${storage_path}.new`);
    const runDir = runDirOf(paths, job.id);
    const adapterDir = join(runDir, ...adapter_path.split('/'));
    try {
      const files = await stageAdapter({ staging, adapterDir, runDir, expected: adapter_sha256, log });
      const { base_model, settings } = file;
      const loaded = await this.#verify({
        adapterDir: staging,
        baseModelDir: base_model.path,
        quantization: settings.quantization,
      });
      if (!loaded.ok) throw unusable(loaded.message ?? 'The adapter does not load on its base model.');
      // A crash before the row is written leaves a folder that no row knows; it is made again.
      await bucket.adopt({ staged: staging, path: storage_path, derived: [LOG_FILE], replace: true });
      return files.map((each) => ({ ...each, path: `${storage_path}/${each.name}` }));
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }

  async #verify(check: AdapterCheck): Promise<Loaded> {
    const { signal: leaving } = this.#leaving;
    const patience = AbortSignal.timeout(this.#options.check_patience_ms ?? CHECK_PATIENCE_MS);
    try {
      return await this.#options.verify(check, AbortSignal.any([leaving, patience]));
    } catch (error) {
      if (leaving.aborted) throw unfinished();
      throw patience.aborted ? tooLong() : error;
    }
  }

  async #bucket(userId: string): Promise<Bucket> {
    const { paths, maxFileBytes } = this.#options;
    const limitBytes = await maxFileBytes?.();
    return bucketOf(paths, MODEL_BUCKET, { userId, limitBytes });
  }
}
