import type { BaseModel } from '../../src/lib/types/base-model';
import type { Dataset } from '../../src/lib/types/lora-training';
import type { TrainingSettings } from '../../src/lib/types/training-settings';
import type { CliServices } from './io';

/** Those of a new run on this machine where nothing is changed. */
export const usualSettings = (
  { estimates }: Pick<CliServices, 'estimates'>,
  dataset: Dataset,
  model: BaseModel,
): Promise<TrainingSettings> =>
  estimates.settings({
    dataset_id: dataset.id,
    base_model_id: model.id,
    preset_id: 'balanced',
    changes: {},
  });
