import { api } from '../../api';
import type { TrainingJob } from '../../lib/types/lora-training';
import { useLoad } from '../../use-load';
import { EMPTY_RUN, heldOutOf } from './job-run';

/** The held-out loss of the untouched model, which is measured before the adapter's; null until it is known. */
export const useBaseLoss = ({ id, current_metrics }: TrainingJob): number | null => {
  const measured = current_metrics?.validation_loss !== undefined;
  const { state } = useLoad(`${id} ${measured}`, async () => (measured ? api.jobs.evaluations({ id }) : []));
  if (state.kind !== 'ready') return null;
  return heldOutOf({ ...EMPTY_RUN, evaluations: state.value }).base?.loss ?? null;
};
