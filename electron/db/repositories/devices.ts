import { and, eq, inArray, isNull, notInArray } from 'drizzle-orm';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import { job_devices, training_jobs } from '../schema';
import { ownsJob } from './job-records';
import { type JobChanges, jobRepository } from './jobs';
import { type Bound, nowIso } from './session';

/** Which run holds which device: a card by its UUID, or `cpu`; one run a device. */
export const deviceRepository = (bound: Bound) => {
  const { db } = bound;
  const owns = ownsJob(bound);
  const jobs = jobRepository(bound);
  const held = isNull(job_devices.released_at);
  return {
    /** Sets a waiting run to work on a device. `leased`: a run at work holds it; `not_queued`: the run waits no more. */
    begin: (jobId: string, device: string, changes: JobChanges): TrainingJob | 'leased' | 'not_queued' => {
      const resting = db
        .select({ id: training_jobs.id })
        .from(training_jobs)
        .where(notInArray(training_jobs.status, ['initializing', 'running']));
      const lease = and(held, eq(job_devices.device_uuid, device));
      // A run that rests holds nothing, whatever its process had no time to write.
      db.update(job_devices)
        .set({ released_at: nowIso() })
        .where(and(lease, inArray(job_devices.job_id, resting)))
        .run();
      if (db.select().from(job_devices).where(lease).get()) return 'leased';
      const started = jobs.transition(jobId, { from: ['queued'], to: 'initializing' }, changes);
      if (!started) return 'not_queued';
      db.insert(job_devices).values({ job_id: jobId, device_uuid: device }).run();
      return started;
    },
    release: (jobId: string): void => {
      if (!owns(jobId)) return;
      db.update(job_devices)
        .set({ released_at: nowIso() })
        .where(and(held, eq(job_devices.job_id, jobId)))
        .run();
    },
  };
};
