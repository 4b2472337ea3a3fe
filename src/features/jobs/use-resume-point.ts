import { api } from '../../api';
import type { Checkpoint } from '../../lib/types/job-records';
import type { TrainingJob } from '../../lib/types/lora-training';
import { useLoad } from '../../use-load';
import { newestOf } from './failures';

/** The checkpoint that a stopped run goes on from; null where it has none, undefined until that is known. */
export const useResumePoint = ({ id, attempt, status }: TrainingJob): Checkpoint | null | undefined => {
  const { state } = useLoad(`${id} ${attempt} ${status}`, () => api.jobs.checkpoints({ id }));
  return state.kind === 'ready' ? newestOf(state.value) : undefined;
};
