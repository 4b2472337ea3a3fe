import { and, eq, isNull } from 'drizzle-orm';
import { base_models, datasets, model_artifacts, training_jobs } from '../schema';
import type { Bound } from './session';

/** How often a row was changed; what is in the bin is not among them. */
export interface Revision {
  readonly id: string;
  readonly revision: number;
}

export interface Revisions {
  readonly jobs: readonly Revision[];
  readonly datasets: readonly Revision[];
  readonly artifacts: readonly Revision[];
  readonly baseModels: readonly Revision[];
}

export const revisionRepository = ({ db, userId }: Bound) => ({
  /** Of every row that a window shows: little to read, so that it can be read several times a second. */
  all: (): Revisions => ({
    jobs: db
      .select({ id: training_jobs.id, revision: training_jobs.revision })
      .from(training_jobs)
      .where(eq(training_jobs.user_id, userId))
      .all(),
    datasets: db
      .select({ id: datasets.id, revision: datasets.revision })
      .from(datasets)
      .where(and(eq(datasets.user_id, userId), isNull(datasets.deleted_at)))
      .all(),
    artifacts: db
      .select({ id: model_artifacts.id, revision: model_artifacts.revision })
      .from(model_artifacts)
      .where(and(eq(model_artifacts.user_id, userId), isNull(model_artifacts.deleted_at)))
      .all(),
    baseModels: db
      .select({ id: base_models.id, revision: base_models.revision })
      .from(base_models)
      .where(and(eq(base_models.user_id, userId), isNull(base_models.deleted_at)))
      .all(),
  }),
});
