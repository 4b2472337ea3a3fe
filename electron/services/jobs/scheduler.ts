import type { TrainingJob } from '../../../src/lib/types/lora-training';

export interface Assignment {
  readonly job_id: string;
  readonly device: string;
}

type Queued = Pick<TrainingJob, 'id' | 'status' | 'position' | 'queued_at' | 'gpu_config'>;
type Placed = Pick<TrainingJob, 'gpu_config'>;

const inOrder = (left: Queued, right: Queued): number =>
  left.position - right.position || left.queued_at.localeCompare(right.queued_at);

/**
 * A run made for a card waits for one. Where there is none it is handed to its trainer all the same,
 * which says so: a queue that waits for a card which was taken out would never end.
 */
const fits = ({ gpu_config }: Placed, device: string, devices: readonly string[]): boolean => {
  const isForCard = gpu_config.num_gpus > 0 && devices.some((each) => each !== 'cpu');
  return (device === 'cpu') !== isForCard;
};

/** Where a run is worked when its turn comes. */
export const deviceFor = (job: Placed, devices: readonly string[]): string | undefined =>
  devices.find((each) => fits(job, each, devices));

/** The card where a run begins and the others that its processes need, as many as there are; `cpu` is for all of them. */
export const devicesFrom = (
  first: string,
  processes: number,
  devices: readonly string[],
): readonly string[] => {
  if (first === 'cpu') return [first];
  const others = devices.filter((each) => each !== 'cpu' && each !== first);
  return [first, ...others.slice(0, processes - 1)];
};

/**
 * The first of the queue that a device suits, on the first such device: the processor for runs that were made
 * for it, cards for the others. Null where none waits.
 */
export const nextOf = (jobs: readonly Queued[], devices: readonly string[]): Assignment | null => {
  const queued = jobs.filter(({ status }) => status === 'queued').toSorted(inOrder);
  for (const job of queued) {
    const device = deviceFor(job, devices);
    if (device !== undefined) return { job_id: job.id, device };
  }
  return null;
};
