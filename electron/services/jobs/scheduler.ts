import type { TrainingJob } from '../../../src/lib/types/lora-training';

export interface Assignment {
  readonly job_id: string;
  readonly device: string;
}

type Queued = Pick<TrainingJob, 'id' | 'status' | 'position' | 'queued_at' | 'gpu_config'>;

const inOrder = (left: Queued, right: Queued): number =>
  left.position - right.position || left.queued_at.localeCompare(right.queued_at);

// A run made for a card must not end on the processor because the driver was silent for a moment.
const fits = ({ gpu_config }: Queued, device: string): boolean =>
  (device === 'cpu') === (gpu_config.num_gpus === 0);

/** Whether all that the queued jobs could run on is busy; not where no such device is known. */
export const isFull = (
  jobs: readonly Queued[],
  devices: readonly string[],
  busy: ReadonlySet<string>,
): boolean => {
  const wanted = devices.filter((device) => jobs.some((job) => fits(job, device)));
  return wanted.length > 0 && wanted.every((device) => busy.has(device));
};

/**
 * Jobs of the queue for the devices that are free, one job a device, in the queue's order: the processor
 * for those that were made for it, cards for the others.
 */
export const assign = (
  jobs: readonly Queued[],
  devices: readonly string[],
  busy: ReadonlySet<string>,
): Assignment[] => {
  const free = devices.filter((device) => !busy.has(device));
  const queued = jobs.filter(({ status }) => status === 'queued').toSorted(inOrder);
  return queued.flatMap((job) => {
    const at = free.findIndex((device) => fits(job, device));
    return at < 0 ? [] : free.splice(at, 1).map((device) => ({ job_id: job.id, device }));
  });
};
