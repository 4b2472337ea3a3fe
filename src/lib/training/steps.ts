import type { TrainingSettings } from '../types/training-settings';

export type StepSettings = Pick<
  TrainingSettings,
  'batch_size' | 'gradient_accumulation_steps' | 'num_epochs' | 'max_steps'
>;

export interface StepPlan {
  readonly records_per_step: number;
  readonly steps_per_epoch: number;
  readonly total_steps: number;
  readonly total_epochs: number;
}

/** True number of steps of a run; records are those that train, counted before packing. */
export const planSteps = (trainRecords: number, settings: StepSettings): StepPlan => {
  const recordsPerStep = settings.batch_size * settings.gradient_accumulation_steps;
  const stepsPerEpoch = Math.max(1, Math.ceil(trainRecords / recordsPerStep));
  const totalSteps = settings.max_steps ?? stepsPerEpoch * settings.num_epochs;
  return {
    records_per_step: recordsPerStep,
    steps_per_epoch: stepsPerEpoch,
    total_steps: totalSteps,
    total_epochs: settings.max_steps === null ? settings.num_epochs : Math.ceil(totalSteps / stepsPerEpoch),
  };
};

/** Share of a run that is done, in percent. */
export const progressPercent = (step: number, totalSteps: number | null): number =>
  totalSteps === null || totalSteps <= 0 ? 0 : Math.min(100, (100 * step) / totalSteps);
