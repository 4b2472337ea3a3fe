import { formatCount } from '../../components/format';
import type { RunRequest } from '../../lib/contract/contract';
import type { Band, Estimate } from '../../lib/types/estimate';
import type { TrainingJob } from '../../lib/types/lora-training';
import type { RunDataset } from '../../lib/types/run-mixture';

/** How long a run that waits will take, in ms, and how that is known. */
export interface Expected {
  /** Null where nothing is measured to tell it from. */
  readonly band: Band | null;
  readonly method: string;
}

/** What an estimate of the run is asked with; `datasets` are those that it was made of. */
export const runRequestOf = (job: TrainingJob, datasets: readonly RunDataset[]): RunRequest => {
  const { dataset_id, base_model_id, preset_id } = job;
  const { base_model: _label, ...changes } = job.hyperparameters;
  const request = { dataset_id, base_model_id, preset_id, changes };
  const [first, ...more] = datasets;
  if (first === undefined || more.length === 0) return request;
  const more_datasets = more.map((each) => ({ dataset_id: each.dataset_id, weight: each.weight }));
  return { ...request, weight: first.weight, more_datasets };
};

/** Of a run that goes on from a checkpoint what is left. */
export const expectedOf = (
  { current_step, total_steps }: Pick<TrainingJob, 'current_step' | 'total_steps'>,
  { time_ms, time_method }: Pick<Estimate, 'time_ms' | 'time_method'>,
): Expected => {
  const total = total_steps ?? 0;
  if (time_ms === null || total === 0 || current_step === 0) return { band: time_ms, method: time_method };
  const left = (total - current_step) / total;
  const [low, expected, high] = [time_ms.low, time_ms.expected, time_ms.high].map((ms) => ms * left);
  const steps = `${formatCount(total - current_step)} of ${formatCount(total)} steps are left.`;
  return {
    band: { low: low ?? 0, expected: expected ?? 0, high: high ?? 0 },
    method: `${time_method} ${steps}`,
  };
};

interface QueuePlan {
  /** In how many ms each begins; null where something before it is not known. */
  readonly starts: readonly (number | null)[];
  /** In how many ms the last one ends. */
  readonly end: number | null;
}

/** One after the other, the first once what runs now is done: in `free` ms, null where nobody knows. */
export const planQueue = (
  waiting: readonly TrainingJob[],
  expected: ReadonlyMap<string, Expected>,
  free: number | null,
): QueuePlan => {
  const starts: (number | null)[] = [];
  let at = free;
  for (const { id } of waiting) {
    starts.push(at);
    const band = expected.get(id)?.band ?? null;
    at = at === null || band === null ? null : at + band.expected;
  }
  return { starts, end: at };
};
