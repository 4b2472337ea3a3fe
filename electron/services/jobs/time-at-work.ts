import type { JobAttempt } from '../../../src/lib/types/job-records';
import type { GPUConfig } from '../../../src/lib/types/lora-training';

type Span = Pick<JobAttempt, 'started_at' | 'ended_at'>;

const MS_PER_HOUR = 3_600_000;

/** How long trainers worked on a job, in ms: what lies between its attempts is nobody's work. `now` ends one at work. */
export const timeAtWork = (attempts: readonly Span[], now: string | null): number =>
  attempts.reduce(
    (sum, { started_at, ended_at }) =>
      sum + Math.max(0, Date.parse(ended_at ?? now ?? started_at) - Date.parse(started_at)),
    0,
  );

/** In the currency of `cost_per_gpu_hour`, unrounded. */
export const costOf = (
  attempts: readonly Span[],
  { gpu, now }: { readonly gpu: GPUConfig; readonly now: string },
): number => (timeAtWork(attempts, now) / MS_PER_HOUR) * gpu.cost_per_gpu_hour * gpu.num_gpus;
