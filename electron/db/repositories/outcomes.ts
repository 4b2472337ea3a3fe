import { and, eq, inArray } from 'drizzle-orm';
import { isActive } from '../../../src/lib/training/job-states';
import type { JobStatus, TrainingJob } from '../../../src/lib/types/lora-training';
import type { ModelArtifact } from '../../../src/lib/types/model-artifact';
import { model_artifacts } from '../schema';
import { artifactRepository, type NewArtifact } from './artifacts';
import { type JobChanges, jobRepository } from './jobs';
import type { Bound } from './session';

export interface JobEnd {
  readonly from: JobStatus;
  readonly to: JobStatus;
  readonly changes: JobChanges;
}

/** Ends that touch a job and its artifact; each call is one transaction. */
export const outcomeRepository = (bound: Bound) => {
  const { db, userId } = bound;
  const artifacts = artifactRepository(bound);
  const jobs = jobRepository(bound);
  return {
    /** The artifact and the end of its job; null, and nothing stored, where the job had left `from`. */
    finish: (
      jobId: string,
      artifact: NewArtifact,
      { from, to, changes }: JobEnd,
    ): { artifact: ModelArtifact; job: TrainingJob } | null => {
      if (!jobs.transition(jobId, { from: [from], to }, changes)) return null;
      const made = artifacts.create(artifact);
      const job = jobs.get(jobId);
      return job ? { artifact: made, job } : null;
    },
    /** A job for good: its artifacts first, then its row; null, and nothing deleted, while it is at work. */
    deleteJob: (jobId: string): { artifact_ids: string[] } | null => {
      const job = jobs.get(jobId);
      if (!job || isActive(job.status)) return null;
      const ids = db
        .select({ id: model_artifacts.id })
        .from(model_artifacts)
        .where(and(eq(model_artifacts.job_id, jobId), eq(model_artifacts.user_id, userId)))
        .all()
        .map(({ id }) => id);
      db.update(model_artifacts)
        .set({ parent_model_id: null })
        .where(inArray(model_artifacts.parent_model_id, ids))
        .run();
      for (const id of ids) artifacts.purge(id);
      return jobs.delete(jobId) ? { artifact_ids: ids } : null;
    },
  };
};
