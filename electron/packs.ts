import type { BaseModelService } from './services/base-models/base-model-service';
import { DatasetPacks } from './services/datasets/dataset-packs';
import type { DatasetService } from './services/datasets/dataset-service';
import type { HardwareService } from './services/hardware/hardware-service';
import type { JobService } from './services/jobs/job-service';
import type { RunDataMaker } from './services/jobs/run-data';
import type { ServeProcess } from './services/trainer/serve-process';

interface Looking {
  readonly datasets: DatasetService;
  readonly baseModels: BaseModelService;
  readonly jobs: JobService;
  readonly hardware: HardwareService;
  readonly serve: ServeProcess;
  readonly makeData: RunDataMaker;
  readonly cacheDir: string;
}

/** Looks at packed rows as a new run on this machine would make them. */
export const createPacks = ({
  datasets,
  baseModels,
  jobs,
  hardware,
  serve,
  ...rest
}: Looking): DatasetPacks =>
  new DatasetPacks({
    ...rest,
    dataset: (id) => datasets.get(id),
    currentVersion: (id) => datasets.currentVersion(id),
    baseModel: (id) => baseModels.current(id),
    settings: (request) => jobs.settings(request),
    machine: async () => {
      const { gpus, cpu_bf16 } = await hardware.current();
      return { device: gpus.length > 0 ? 'cuda' : 'cpu', cpu_bf16 };
    },
    request: (...asked) => serve.request(...asked),
  });
