import type { TrainingSettings } from '../types/training-settings';

export type ScheduleSettings = Pick<
  TrainingSettings,
  'learning_rate' | 'lr_scheduler' | 'warmup_ratio' | 'warmup_steps'
>;

/** Of the steps of a run with stable rate, the part in which it falls at last. */
const WSD_DECAY_SHARE = 0.2;

/** What is left of the highest rate after `progress` of the steps behind the warm-up, 0 to 1. */
const FALLS: Readonly<Record<ScheduleSettings['lr_scheduler'], (progress: number) => number>> = {
  constant: () => 1,
  linear: (progress) => Math.max(0, 1 - progress),
  cosine: (progress) => (1 + Math.cos(Math.PI * Math.min(1, progress))) / 2,
  wsd: (progress) => Math.min(1, Math.max(0, 1 - progress) / WSD_DECAY_SHARE),
};

/**
 * The learning rate that the trainer plans for optimizer step `step`, counted from 1: linear warm-up
 * to the settings' rate, then the scheduler over what is left. `warmup_steps` wins over `warmup_ratio`.
 */
export const plannedRate = (settings: ScheduleSettings, totalSteps: number): ((step: number) => number) => {
  const { learning_rate: peak, lr_scheduler, warmup_ratio, warmup_steps } = settings;
  const warmup = warmup_steps ?? Math.ceil(warmup_ratio * totalSteps);
  return (step) =>
    step <= warmup
      ? (peak * step) / warmup
      : peak * FALLS[lr_scheduler]((step - 1 - warmup) / Math.max(1, totalSteps - warmup));
};
