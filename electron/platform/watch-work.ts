import type { Publisher } from '../../src/lib/contract/derived';
import { isActive } from '../../src/lib/training/job-states';
import { TrainingJob } from '../../src/lib/types/lora-training';
import { isToDo } from './without-window';

interface Watching {
  /** Whether any job is at work. */
  readonly onWork: (isAtWork: boolean) => void;
  /** There may be less to do than before. */
  readonly onLess: () => void;
}

/** Passes all news on, and tells from them whether there is work. */
export const watchWork = (to: Publisher, { onWork, onLess }: Watching): Publisher => {
  const active = new Set<string>();
  const seen = (job: TrainingJob): void => {
    if (isActive(job.status)) active.add(job.id);
    else active.delete(job.id);
    onWork(active.size > 0);
    if (!isToDo(job)) onLess();
  };
  return {
    publish: (name, payload) => {
      to.publish(name, payload);
      if (name === 'jobs.removed' || name === 'settings.changed') onLess();
      const job = name === 'jobs.changed' ? TrainingJob.safeParse(payload).data : undefined;
      if (job) seen(job);
    },
  };
};
