import { formatAmount, formatCount } from '../../components/format';
import type { Checkpoint } from '../../lib/types/job-records';
import type { TrainingJob } from '../../lib/types/lora-training';

/** From where it goes on, and what that costs. */
export const resumeWords = ({ current_step }: TrainingJob, from: Checkpoint | null): string => {
  if (!from) return 'It has no checkpoint yet: resuming begins at the first step.';
  const again = Math.max(0, current_step - from.step);
  const repeats = again === 0 ? 'no step is repeated' : `resuming repeats ${formatAmount(again, 'step')}`;
  return `It goes on from the checkpoint of step ${formatCount(from.step)}: ${repeats}.`;
};
