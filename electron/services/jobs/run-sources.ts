import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AsyncRepositories } from '../../db/async-repositories';
import type { BaseModel } from '../../../src/lib/types/base-model';
import type { HardwareState } from '../../../src/lib/types/system';
import { roomForNext } from '../hardware/room';
import { DATASET_BUCKET, inBucket, type Paths } from './paths';
import type { RunSources } from './sources';

export interface RunSourcesOptions {
  readonly repositories: Pick<AsyncRepositories, 'datasets' | 'datasetVersions'>;
  readonly paths: Paths;
  readonly hardware: () => Promise<
    Pick<HardwareState, 'gpus' | 'cpu_bf16' | 'memory_total_bytes' | 'memory_free_bytes'>
  >;
  /** As its files are now. */
  readonly baseModel: (id: string) => Promise<BaseModel | null>;
  /** Whether a run is at work now. */
  readonly isAtWork: () => Promise<boolean>;
  readonly cost_per_gpu_hour: () => Promise<number>;
}

const GIB = 1024 ** 3;
const CPU = { gpu_type: 'cpu', num_gpus: 0, gpu_memory_gb: 0, cost_per_gpu_hour: 0 };

export const recordsFile = async (path: string): Promise<string> =>
  (await stat(path)).isDirectory() ? join(path, 'dataset.jsonl') : path;

/** Datasets, base models and hardware as a run needs them. */
export const createRunSources = (options: RunSourcesOptions): RunSources => ({
  dataset: (id) => options.repositories.datasets.get(id),
  currentVersion: async (datasetId) => {
    const version = await options.repositories.datasetVersions.current(datasetId);
    if (!version) return null;
    const path = await recordsFile(inBucket(options.paths, DATASET_BUCKET, version.path));
    return { id: version.id, sha256: version.sha256, path, records: version.records };
  },
  baseModel: (id) => options.baseModel(id),
  device: async (processes = 1) => {
    const hardware = await options.hardware();
    const common = { cpu_bf16: hardware.cpu_bf16, cards: hardware.gpus.length };
    const card = hardware.gpus[0];
    const { free: free_bytes, beside: beside_bytes } = roomForNext(
      hardware,
      await options.isAtWork(),
      processes,
    );
    if (!card) return { ...common, device: 'cpu', gpu_config: CPU, free_bytes, beside_bytes };
    const gpu_memory_gb = Math.round((card.memory_total_bytes / GIB) * 10) / 10;
    const cost_per_gpu_hour = await options.cost_per_gpu_hour();
    return {
      ...common,
      device: 'cuda',
      free_bytes,
      beside_bytes,
      gpu_config: { gpu_type: card.name, num_gpus: processes, gpu_memory_gb, cost_per_gpu_hour },
    };
  },
});
