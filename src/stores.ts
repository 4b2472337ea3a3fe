import { createStore } from 'zustand/vanilla';
import { api } from './api';
import type { ImportProgress } from './lib/contract/contract';
import type { BaseModel } from './lib/types/base-model';
import type { Dataset, TrainingJob } from './lib/types/lora-training';
import type { ModelArtifact } from './lib/types/model-artifact';
import type { HardwareState, NetworkState, Settings } from './lib/types/system';
import { createLastAnswer } from './last-answer';
import { createLiveStore } from './live-store';
import { createLiveValue } from './live-value';

/** One live store a kind of thing; more than one screen shows each of them. */
export const datasets = createLiveStore<Dataset>({
  list: api.datasets.list,
  onChanged: api.datasets.onChanged,
  onRemoved: api.datasets.onRemoved,
});
/** In the bin; with those that were brought back meanwhile, which are there no more. */
export const binnedDatasets = createLiveStore<Dataset>({
  list: api.datasets.deleted,
  onChanged: api.datasets.onChanged,
  onRemoved: api.datasets.onRemoved,
});
export const baseModels = createLiveStore<BaseModel>({
  list: api.base_models.list,
  onChanged: api.base_models.onChanged,
  onRemoved: api.base_models.onRemoved,
});
export const jobs = createLiveStore<TrainingJob>({
  list: api.jobs.list,
  onChanged: api.jobs.onChanged,
  onRemoved: api.jobs.onRemoved,
});
export const models = createLiveStore<ModelArtifact>({
  list: api.models.list,
  onChanged: api.models.onChanged,
  onRemoved: api.models.onRemoved,
});
/** Out of sight; with those that were brought back meanwhile, which are there no more. */
export const putAwayModels = createLiveStore<ModelArtifact>({
  list: api.models.deleted,
  onChanged: api.models.onChanged,
  onRemoved: api.models.onRemoved,
});

/** Jobs whose trainer lost its app and still saves: in the table they are at work until it has left. */
export const saving = createLiveValue<string[]>(api.jobs.saving, api.jobs.onSavingChanged);
export const hardware = createLiveValue<HardwareState>(api.system.hardware, api.system.onHardwareChanged);
export const network = createLiveValue<NetworkState>(api.system.network, api.system.onNetworkChanged);
export const settings = createLiveValue<Settings>(api.settings.get, api.settings.onChanged);

/** What starting the runtime showed; slow to ask, so its last answer stays. */
export const doctor = createLastAnswer(api.system.doctor);

/** Imports under way, by dataset. */
export const imports = createStore<ReadonlyMap<string, ImportProgress>>(() => new Map());

export const followImports = (): (() => void) =>
  api.datasets.onProgress((progress) => {
    imports.setState(new Map(imports.getState()).set(progress.dataset_id, progress), true);
  });
