import { formatCount } from '../../../components/format';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { useResumePoint } from '../use-resume-point';

/** The step that a stopped run goes on from; nothing until that is known. */
export const ResumesFrom = ({ job }: { readonly job: TrainingJob }) => {
  const from = useResumePoint(job);
  if (from === undefined) return null;
  return from === null ? 'from the first step' : `from step ${formatCount(from.step)}`;
};
