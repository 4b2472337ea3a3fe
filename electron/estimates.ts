import type { AsyncRepositories } from './db/async-repositories';
import type { BaseModelService } from './services/base-models/base-model-service';
import type { DatasetNumbers } from './services/datasets/dataset-numbers';
import type { DatasetService } from './services/datasets/dataset-service';
import { EstimateService } from './services/estimate/estimate-service';
import type { MeasuredMemory } from './services/estimate/measured-memory';
import { createTokenCounter } from './services/estimate/token-counts';
import type { HardwareService } from './services/hardware/hardware-service';

interface Reckoning {
  readonly datasets: DatasetService;
  readonly baseModels: BaseModelService;
  readonly numbers: DatasetNumbers;
  readonly ground: {
    readonly common: {
      readonly repositories: Pick<AsyncRepositories, 'records'>;
      readonly measuredMemory: MeasuredMemory;
    };
    readonly hardware: HardwareService;
    readonly isAtWork: () => Promise<boolean>;
  };
}

/** Reckons what runs would take, from what this machine has measured. */
export const createEstimates = ({ datasets, baseModels, numbers, ground }: Reckoning): EstimateService => {
  const { records } = ground.common.repositories;
  return new EstimateService({
    dataset: (id) => datasets.get(id),
    baseModel: (id) => baseModels.current(id),
    hardware: () => ground.hardware.current(),
    isAtWork: ground.isAtWork,
    measuredSpeed: (...asked) => records.measuredSpeed(...asked),
    measuredMemory: (architecture, gpuType) => ground.common.measuredMemory.of(architecture, gpuType),
    countTokens: createTokenCounter({
      currentVersion: (id) => datasets.currentVersion(id),
      stats: (asked) => numbers.stats(asked),
    }),
  });
};
