import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunRequest } from '../../../src/lib/contract/contract';
import { passKind, type Unplanned, weightBytes } from '../../../src/lib/training/memory-plan';
import { splitOf } from '../../../src/lib/training/settings';
import type { BaseModel } from '../../../src/lib/types/base-model';
import type { Dataset } from '../../../src/lib/types/lora-training';
import { type PackRequest, RecordPacks } from '../../../src/lib/types/record-packs';
import type { TrainingSettings } from '../../../src/lib/types/training-settings';
import type { RunDataMaker } from '../jobs/run-data';
import { isMissing } from '../trainer/file-errors';
import type { ServeProcess } from '../trainer/serve-process';
import { datasetNotReady } from './dataset-errors';
import type { CurrentVersion } from './dataset-service';
import { makeSplit, type SplitWanted } from './make-split';
import { versionCacheDir } from './version-cache';

export interface DatasetPacksOptions {
  readonly dataset: (id: string) => Promise<Dataset>;
  readonly currentVersion: (id: string) => Promise<CurrentVersion | null>;
  readonly baseModel: (id: string) => Promise<BaseModel>;
  readonly settings: (request: RunRequest) => Promise<TrainingSettings>;
  readonly machine: () => Promise<Pick<Unplanned, 'device' | 'cpu_bf16'>>;
  readonly makeData: RunDataMaker;
  readonly request: ServeProcess['request'];
  /** Where the statistics keep their tokens. */
  readonly cacheDir: string;
}

/** Which records share a row with one when it is trained: by the trainer's own code, over a new run's split. */
export class DatasetPacks {
  readonly #options: DatasetPacksOptions;
  readonly #splits = new Map<string, Promise<void>>();

  constructor(options: DatasetPacksOptions) {
    this.#options = options;
  }

  /** Throws `not_packed` where nothing is packed, and `tokens_not_counted` where the tokens are not kept. */
  async of({ id, index, base_model_id, max_length }: PackRequest): Promise<RecordPacks> {
    const { dataset, currentVersion, baseModel, machine, cacheDir, request } = this.#options;
    const [row, version, model, on] = await Promise.all([
      dataset(id),
      currentVersion(id),
      baseModel(base_model_id),
      machine(),
    ]);
    if (version === null) throw datasetNotReady(row.name);
    const settings = await this.#options.settings({
      dataset_id: id,
      base_model_id,
      preset_id: 'balanced',
      changes: { max_length },
    });
    const answer = await request('packs', {
      base_model: model.path,
      sha256: version.sha256,
      format: row.format,
      cache_dir: cacheDir,
      split: await this.#splitOf(row, version, settings),
      max_length: settings.max_length,
      loss_scope: settings.loss_scope,
      records_per_step: settings.batch_size * settings.gradient_accumulation_steps,
      seed: settings.seed,
      where: passKind({ device: on.device, weight_bytes: weightBytes({ ...on, settings }) }),
      index,
    });
    return RecordPacks.parse(answer);
  }

  /** The file of the split that a new run would make; a version never changes, so it is made once. */
  async #splitOf(dataset: Dataset, version: CurrentVersion, settings: TrainingSettings): Promise<string> {
    const split = splitOf(settings);
    const path = join(
      versionCacheDir(this.#options.cacheDir, version.sha256),
      `split-${String(split.seed)}-${String(split.share)}-${split.stratify}.json`,
    );
    const making = this.#splits.get(path) ?? this.#makeSplit(path, { dataset, version, split });
    this.#splits.set(path, making);
    try {
      await making;
    } finally {
      this.#splits.delete(path);
    }
    return path;
  }

  async #makeSplit(path: string, wanted: SplitWanted): Promise<void> {
    if (await isThere(path)) return;
    const { makeData } = this.#options;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const staging = `${path}.${crypto.randomUUID()}`;
    try {
      await makeSplit(makeData, wanted, staging);
      await rename(staging, path);
    } finally {
      await rm(staging, { force: true });
    }
  }
}

const isThere = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};
