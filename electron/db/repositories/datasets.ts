import { and, desc, eq, inArray, isNotNull, isNull } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { DatasetProblem } from '../../../src/lib/types/dataset-records';
import { Dataset } from '../../../src/lib/types/lora-training';
import { dataset_versions, datasets, job_datasets, training_jobs } from '../schema';
import type { JobRow } from '../schema';
import { type Bound, nowIso } from './session';

export type NewDataset = Pick<Dataset, 'name' | 'storage_path' | 'file_name' | 'file_size'> &
  Partial<Pick<Dataset, 'id' | 'description' | 'format' | 'kind' | 'status'>>;
export type DatasetChanges = Partial<
  Pick<
    Dataset,
    | 'name'
    | 'description'
    | 'format'
    | 'kind'
    | 'status'
    | 'storage_path'
    | 'file_name'
    | 'file_size'
    | 'total_training_pairs'
    | 'total_validation_pairs'
    | 'total_tokens'
    | 'avg_turns_per_conversation'
    | 'avg_tokens_per_turn'
    | 'training_ready'
    | 'validated_at'
    | 'sample_data'
    | 'report'
    | 'current_version_id'
    | 'deleted_at'
    | 'notes'
    | 'tags'
    | 'verdict'
  > & { validation_errors: DatasetProblem[] | null }
>;

export const datasetRepository = ({ db, userId }: Bound) => {
  const own = (id: string) => and(eq(datasets.id, id), eq(datasets.user_id, userId));

  const get = (id: string): Dataset | null => {
    const row = db.select().from(datasets).where(own(id)).get();
    return row ? Dataset.parse(row) : null;
  };

  /** Newest first. */
  const found = (where: SQL, by: SQLiteColumn): Dataset[] =>
    db
      .select()
      .from(datasets)
      .where(and(eq(datasets.user_id, userId), where))
      .orderBy(desc(by))
      .all()
      .map((row) => Dataset.parse(row));

  const update = (id: string, changes: DatasetChanges): Dataset | null => {
    db.update(datasets).set(changes).where(own(id)).run();
    return get(id);
  };

  return {
    get,
    update,
    /** Null where the import has ended in the meantime; its row then stays as it is. */
    updateUnfinished: (id: string, changes: DatasetChanges): Dataset | null => {
      const unfinished = and(own(id), inArray(datasets.status, ['uploading', 'validating']));
      return db.update(datasets).set(changes).where(unfinished).run().changes > 0 ? get(id) : null;
    },
    create: (dataset: NewDataset): Dataset =>
      Dataset.parse(
        // The row as its triggers left it, which RETURNING does not show.
        get(
          db
            .insert(datasets)
            .values({ ...dataset, user_id: userId })
            .returning()
            .get().id,
        ),
      ),
    list: (): Dataset[] => found(isNull(datasets.deleted_at), datasets.created_at),
    listDeleted: (): Dataset[] => found(isNotNull(datasets.deleted_at), datasets.deleted_at),
    softDelete: (id: string): Dataset | null => update(id, { deleted_at: nowIso() }),
    restore: (id: string): Dataset | null => update(id, { deleted_at: null }),
    /** The jobs that use a version of it, the last one first. */
    jobsOf: (id: string): Pick<JobRow, 'id' | 'name' | 'status'>[] =>
      db
        .selectDistinct({
          id: training_jobs.id,
          name: training_jobs.name,
          status: training_jobs.status,
          created_at: training_jobs.created_at,
        })
        .from(job_datasets)
        .innerJoin(training_jobs, eq(job_datasets.job_id, training_jobs.id))
        .innerJoin(dataset_versions, eq(job_datasets.dataset_version_id, dataset_versions.id))
        .innerJoin(datasets, eq(dataset_versions.dataset_id, datasets.id))
        .where(own(id))
        .orderBy(desc(training_jobs.created_at))
        .all()
        .map(({ created_at: _, ...job }) => job),
    purge: (id: string): boolean => db.delete(datasets).where(own(id)).run().changes > 0,
  };
};
