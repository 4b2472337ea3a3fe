import type { TrainingJob } from '../../../src/lib/types/lora-training';

export interface Assignment {
  readonly job_id: string;
  readonly device: string;
}

type Queued = Pick<TrainingJob, 'id' | 'status' | 'position' | 'queued_at' | 'gpu_config'>;

const inOrder = (left: Queued, right: Queued): number =>
  left.position - right.position || left.queued_at.localeCompare(right.queued_at);

/**
 * A run made for a card waits for one. Where there is none it is handed to its trainer all the same,
 * which says so: a queue that waits for a card which was taken out would never end.
 */
const fits = ({ gpu_config }: Queued, device: string, devices: readonly string[]): boolean => {
  const isForCard = gpu_config.num_gpus > 0 && devices.some((each) => each !== 'cpu');
  return (device === 'cpu') !== isForCard;
};

/** Whether all that the queued jobs could run on is busy; not where no such device is known. */
export const isFull = (
  jobs: readonly Queued[],
  devices: readonly string[],
  busy: ReadonlySet<string>,
): boolean => {
  const wanted = devices.filter((device) => jobs.some((job) => fits(job, device, devices)));
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
    const at = free.findIndex((device) => fits(job, device, devices));
    return at < 0 ? [] : free.splice(at, 1).map((device) => ({ job_id: job.id, device }));
  });
};
