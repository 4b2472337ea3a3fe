import type { RunRequest } from '../../../src/lib/contract/contract';
import { formatCount } from '../../../src/lib/messages/format';
import type { ExpectedTime } from '../../../src/lib/types/estimate';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { RunDataset } from '../../../src/lib/types/run-mixture';
import type { JobService } from '../jobs/job-service';
import type { EstimateService } from './estimate-service';

/** What a job was made of; its settings are not in it, since they are resolved already. */
const requestOf = (job: TrainingJob, datasets: readonly RunDataset[]): RunRequest => {
  const { dataset_id, base_model_id, preset_id } = job;
  const request = { dataset_id, base_model_id, preset_id, changes: {} };
  const [first, ...more] = datasets;
  if (first === undefined || more.length === 0) return request;
  const more_datasets = more.map((each) => ({ dataset_id: each.dataset_id, weight: each.weight }));
  return { ...request, weight: first.weight, more_datasets };
};

/** Of a run that goes on from a checkpoint, what is left of it: the steps that it did beyond are done again. */
export const leftOf = (
  { from_step, total_steps }: Pick<TrainingJob, 'total_steps'> & { readonly from_step: number },
  { time_ms, time_method }: ExpectedTime,
): ExpectedTime => {
  if (time_ms === null || total_steps === null || from_step === 0) return { time_ms, time_method };
  const steps = total_steps - from_step;
  const left = (ms: number): number => Math.round((ms * steps) / total_steps);
  return {
    time_ms: { low: left(time_ms.low), expected: left(time_ms.expected), high: left(time_ms.high) },
    time_method: `${time_method} ${formatCount(steps)} of ${formatCount(total_steps)} steps are left.`,
  };
};

interface Services {
  readonly jobs: Pick<JobService, 'get' | 'datasets' | 'checkpoints'>;
  readonly estimates: Pick<EstimateService, 'estimate'>;
}

/** How long a job will take yet and how much memory, by its own settings and by what was measured until now. */
export const expectedTime = async ({ jobs, estimates }: Services, id: string): Promise<ExpectedTime> => {
  const [job, datasets, checkpoints] = await Promise.all([
    jobs.get(id),
    jobs.datasets(id),
    jobs.checkpoints(id),
  ]);
  const from_step = checkpoints.findLast(({ pruned }) => !pruned)?.step ?? 0;
  const { total_steps } = job;
  const estimate = await estimates.estimate(requestOf(job, datasets), job.hyperparameters);
  const { memory_bytes: bytes, memory_total_bytes: total_bytes, memory_method: method } = estimate;
  return { ...leftOf({ from_step, total_steps }, estimate), memory: { bytes, total_bytes, method } };
};
