import type { BaseModel } from '../../../src/lib/types/base-model';
import type { Dataset, GPUConfig } from '../../../src/lib/types/lora-training';

/** A dataset's immutable version; `path` is absolute. */
export interface DatasetVersion {
  readonly id: string;
  readonly sha256: string;
  readonly path: string;
  readonly records: number;
}

/** A dataset's current version, and how often an epoch sees its records. */
export interface RunSource {
  readonly dataset: Dataset;
  readonly version: DatasetVersion;
  readonly weight: number;
}

export interface RunDevice {
  readonly device: 'cpu' | 'cuda';
  /** Whether the processor multiplies in bf16 by itself. */
  readonly cpu_bf16: boolean;
  /** Cards that training can use. */
  readonly cards: number;
  readonly gpu_config: GPUConfig;
  /** Of the card, or of the machine. */
  readonly free_bytes: number;
  /** Of the machine beside the card. */
  readonly beside_bytes: number;
}

/** What a run is made from, and what it runs on. */
export interface RunSources {
  dataset(id: string): Promise<Dataset | null>;
  currentVersion(datasetId: string): Promise<DatasetVersion | null>;
  baseModel(id: string): Promise<BaseModel | null>;
  /** Memory is that of each process. */
  device(processes?: number): Promise<RunDevice>;
}
