import type { TrainingJob } from '../../../src/lib/types/lora-training';

export interface Assignment {
  readonly job_id: string;
  readonly device: string;
}

type Queued = Pick<TrainingJob, 'id' | 'status' | 'position' | 'queued_at'>;

const inOrder = (left: Queued, right: Queued): number =>
  left.position - right.position || left.queued_at.localeCompare(right.queued_at);

/** Jobs of the queue for the devices that are free, one job a device, in the queue's order. */
export const assign = (
  jobs: readonly Queued[],
  devices: readonly string[],
  busy: ReadonlySet<string>,
): Assignment[] => {
  const free = devices.filter((device) => !busy.has(device));
  const queued = jobs.filter(({ status }) => status === 'queued').toSorted(inOrder);
  return free.flatMap((device, index) => {
    const job = queued[index];
    return job ? [{ job_id: job.id, device }] : [];
  });
};
