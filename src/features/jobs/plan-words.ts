import { formatAmount, formatCount } from '../../components/format';
import { planSteps } from '../../lib/training/steps';
import type { TrainingJob } from '../../lib/types/lora-training';

/** A number of the trainer's plan; null before the plan, and where it has none. */
export const planned = ({ plan }: TrainingJob, key: string): number | null => {
  const value = plan?.[key];
  return typeof value === 'number' ? value : null;
};

/** Less than a tenth is still not nothing. */
const tenths = (value: number): string =>
  value.toLocaleString('en-US', value < 0.1 ? { maximumSignificantDigits: 1 } : { maximumFractionDigits: 1 });

/** How many epochs a step completes, in words. */
export type EpochAt = (step: number) => string;

/** By the records that train; null until they are counted. */
export const epochsOf = (job: TrainingJob): EpochAt | null => {
  const records = planned(job, 'train_records');
  if (records === null) return null;
  const { steps_per_epoch } = planSteps(records, job.hyperparameters);
  return (step) => tenths(step / steps_per_epoch);
};

/** `epoch 8.6 of 13.8`, by the records that train; whole epochs until they are counted. */
export const epochWords = (job: TrainingJob): string => {
  const { current_epoch, total_epochs, current_step, total_steps, started_at } = job;
  if (started_at === null) return formatAmount(total_epochs, 'epoch');
  const epochAt = epochsOf(job);
  if (epochAt === null || total_steps === null)
    return `epoch ${Math.min(current_epoch + 1, total_epochs)} of ${total_epochs}`;
  return `epoch ${epochAt(current_step)} of ${epochAt(total_steps)}`;
};

/** `225 to train on, 25 held out, 3 cut at the maximum length`; null before they are counted. */
export const recordWords = (job: TrainingJob): string | null => {
  const trained = planned(job, 'train_records');
  if (trained === null) return null;
  const cut = planned(job, 'truncated_records') ?? 0;
  const heldOut = `${formatCount(planned(job, 'held_out_records') ?? 0)} held out`;
  return [
    `${formatCount(trained)} to train on`,
    heldOut,
    ...(cut > 0 ? [`${formatCount(cut)} cut at the maximum length`] : []),
  ].join(', ');
};
