import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { ArtifactFile, ModelArtifact } from '../../../src/lib/types/model-artifact';
import { hashFile } from '../jobs/checkpoint-check';
import { inBucket, MODEL_BUCKET, type Paths, runDirOf } from '../jobs/paths';
import { refused } from '../jobs/refusals';
import { readJobFile } from '../jobs/run-folder';
import type { AsyncRepositories } from '../../db/async-repositories';
import type { NewArtifact } from '../../db/repositories/artifacts';
import type { JobChanges } from '../../db/repositories/jobs';
import { readEvents } from '../metrics/event-file';
import { isMissing } from '../trainer/file-errors';
import { type FigureSources, metricsLog, qualityMetrics, trainingSummary } from './artifact-figures';

export interface AdapterCheck {
  readonly adapterDir: string;
  readonly baseModelDir: string;
}

export interface ArtifactMakerOptions {
  readonly repositories: Pick<AsyncRepositories, 'outcomes'>;
  readonly paths: Paths;
  readonly now: () => string;
  /** Loads the adapter on its base model; throws, or answers why it does not. */
  readonly verify: (check: AdapterCheck) => Promise<{ ok: boolean; message?: string | undefined }>;
}

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

const WEIGHTS = 'adapter_model.safetensors';
const CONFIG = 'adapter_config.json';

const unusable = (message: string) =>
  refused('adapter_unusable', message, 'Resume the run from a checkpoint, or retry it.');

const flushToDisk = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Turns a run's adapter into a stored model: staged, checked, renamed, and only then recorded. */
export class ArtifactMaker {
  readonly #options: ArtifactMakerOptions;

  constructor(options: ArtifactMakerOptions) {
    this.#options = options;
  }

  /** `null` where the job was ended by someone else meanwhile. */
  async make(result: Result): Promise<{ artifact: ModelArtifact; job: TrainingJob } | null> {
    const { paths, now, repositories } = this.#options;
    const { job } = result;
    const runDir = runDirOf(paths, job.id);
    const [file, { events }] = await Promise.all([readJobFile(runDir), readEvents(runDir)]);
    const adapterDir = join(runDir, ...result.adapter_path.split('/'));
    await this.#check(adapterDir, result.adapter_sha256);
    const loaded = await this.#options.verify({ adapterDir, baseModelDir: file.base_model.path });
    if (!loaded.ok) throw unusable(loaded.message ?? 'The adapter does not load on its base model.');
    const storage_path = `${job.user_id}/${job.id}`;
    const files = await this.#store({ adapterDir, runDir, storage_path, log: metricsLog(events) });
    const sources: FigureSources = { job, file, events, source_step: result.source_step, now: now() };
    const row: NewArtifact = {
      id: randomUUID(),
      job_id: job.id,
      dataset_id: job.dataset_id,
      base_model_id: job.base_model_id,
      origin: 'trained',
      name: job.name,
      description: null,
      quality_metrics: qualityMetrics(sources),
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

  async #check(adapterDir: string, expected: string | null): Promise<void> {
    try {
      const sha256 = await hashFile(join(adapterDir, WEIGHTS));
      if (expected !== null && sha256 !== expected)
        throw unusable('The adapter is not the one that the trainer wrote.');
      await stat(join(adapterDir, CONFIG));
    } catch (error) {
      if (isMissing(error)) throw unusable('The trainer reported an adapter that is not there.');
      throw error;
    }
  }

  async #store(parts: {
    adapterDir: string;
    runDir: string;
    storage_path: string;
    log: string;
  }): Promise<ArtifactFile[]> {
    const target = inBucket(this.#options.paths, MODEL_BUCKET, parts.storage_path);
    const staging = `${target}.new`;
    await rm(staging, { recursive: true, force: true });
    await mkdir(staging, { recursive: true, mode: 0o700 });
    await copyFile(join(parts.adapterDir, WEIGHTS), join(staging, WEIGHTS));
    await copyFile(join(parts.adapterDir, CONFIG), join(staging, CONFIG));
    await copyFile(join(parts.runDir, 'job.json'), join(staging, 'training_args.json'));
    await writeFile(join(staging, 'training_log.jsonl'), parts.log, { mode: 0o600 });
    const files = await this.#record(staging, parts.storage_path);
    const original = await hashFile(join(parts.adapterDir, WEIGHTS));
    if (files[0]?.sha256 !== original) throw unusable('The copy of the adapter differs from the original.');
    // A crash between the rename and the row leaves a folder that no row knows; it is made again.
    await rm(target, { recursive: true, force: true });
    await rename(staging, target);
    await flushToDisk(dirname(target));
    return files;
  }

  async #record(staging: string, storagePath: string): Promise<ArtifactFile[]> {
    const files: ArtifactFile[] = [];
    for (const name of [WEIGHTS, CONFIG, 'training_args.json', 'training_log.jsonl']) {
      const path = join(staging, name);
      await flushToDisk(path);
      const { size } = await stat(path);
      files.push({ name, path: `${storagePath}/${name}`, size_bytes: size, sha256: await hashFile(path) });
    }
    return files;
  }
}
