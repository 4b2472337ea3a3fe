import { formatAmount, formatCount } from '../../components/format';
import type { Checkpoint } from '../../lib/types/job-records';
import type { TrainingJob } from '../../lib/types/lora-training';
import { waysOn } from './failures';
import { inLabels } from './setting-words';

/** From where it goes on, and what that costs. */
const resumeWords = ({ current_step }: TrainingJob, from: Checkpoint | null): string => {
  if (!from) return 'It has no checkpoint yet: resuming begins at the first step.';
  const again = Math.max(0, current_step - from.step);
  const repeats = again === 0 ? 'no step is repeated' : `resuming repeats ${formatAmount(again, 'step')}`;
  return `It goes on from the checkpoint of step ${formatCount(from.step)}: ${repeats}.`;
};

/** What has to be done first, and from where the run then goes on; `from` as for `waysOn`. */
export const whatNowWords = (job: TrainingJob, from: Checkpoint | null | undefined): string => {
  const hint = inLabels(job.error_hint ?? '');
  if (from === undefined || job.status === 'cancelled') return hint;
  if (job.status !== 'failed') return resumeWords(job, from);
  return waysOn(job, from)[0] === 'resume' ? `${hint} ${resumeWords(job, from)}`.trim() : hint;
};
