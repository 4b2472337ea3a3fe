import { and, asc, desc, eq, getTableColumns, inArray, sql } from 'drizzle-orm';
import { type JobStatus, TrainingJob } from '../../../src/lib/types/lora-training';
import type { KeptRunDataset } from '../../../src/lib/types/run-mixture';
import {
  dataset_versions,
  type JobDatasetRow,
  datasets,
  job_datasets,
  type JobRow,
  training_jobs,
} from '../schema';
import { foreign, refuseForeign } from './ownership';
import type { Bound } from './session';

export type NewJobRow = Pick<
  TrainingJob,
  | 'id'
  | 'name'
  | 'dataset_id'
  | 'base_model_id'
  | 'base_model_fingerprint'
  | 'preset_id'
  | 'method'
  | 'hyperparameters'
  | 'gpu_config'
  | 'total_epochs'
  | 'total_steps'
  | 'estimated_total_cost'
  | 'retry_of'
  | 'retry_count'
> &
  /** Of a run that is read in again. */
  Partial<Pick<TrainingJob, 'created_at' | 'queued_at'>>;
export type JobVersion = Pick<JobDatasetRow, 'dataset_version_id'> & Partial<Pick<JobDatasetRow, 'weight'>>;
export type JobChanges = Partial<
  Omit<
    TrainingJob,
    'id' | 'user_id' | 'dataset_id' | 'created_at' | 'updated_at' | 'revision' | 'status' | 'worked_ms'
  >
>;

/** A job with the time that its trainers worked, without what lies between two attempts. */
const COLUMNS = {
  ...getTableColumns(training_jobs),
  worked_ms: sql<number>`(SELECT CAST(round(coalesce(sum(max(0, julianday(job_attempts.ended_at) - julianday(job_attempts.started_at))), 0) * 86400000) AS INTEGER)
    FROM job_attempts WHERE job_attempts.job_id = training_jobs.id AND job_attempts.ended_at IS NOT NULL)`,
};

const fromRow = ({ storage_root_id: _root, ...row }: JobRow & { readonly worked_ms: number }): TrainingJob =>
  TrainingJob.parse(row);

const UNFINISHED: readonly JobStatus[] = ['queued', 'initializing', 'running', 'paused', 'interrupted'];

const jobReads = ({ db, userId }: Bound) => {
  const own = (id: string) => and(eq(training_jobs.id, id), eq(training_jobs.user_id, userId));
  const mine = eq(training_jobs.user_id, userId);

  const get = (id: string): TrainingJob | null => {
    const row = db.select(COLUMNS).from(training_jobs).where(own(id)).get();
    return row ? fromRow(row) : null;
  };

  const queued = (): TrainingJob[] =>
    db
      .select(COLUMNS)
      .from(training_jobs)
      .where(and(mine, eq(training_jobs.status, 'queued')))
      .orderBy(asc(training_jobs.position), asc(training_jobs.created_at))
      .all()
      .map(fromRow);

  return {
    get,
    queued,
    list: (): TrainingJob[] =>
      db
        .select(COLUMNS)
        .from(training_jobs)
        .where(mine)
        .orderBy(desc(training_jobs.created_at))
        .all()
        .map(fromRow),
    unfinished: (): TrainingJob[] =>
      db
        .select(COLUMNS)
        .from(training_jobs)
        .where(and(mine, inArray(training_jobs.status, [...UNFINISHED])))
        .orderBy(asc(training_jobs.position))
        .all()
        .map(fromRow),
    /** What the run learns from, its own dataset first; empty for another user's. */
    datasets: (jobId: string): KeptRunDataset[] =>
      db
        .select({
          dataset_id: datasets.id,
          dataset_version_id: dataset_versions.id,
          version_number: dataset_versions.number,
          name: datasets.name,
          sha256: dataset_versions.sha256,
          format: datasets.format,
          weight: job_datasets.weight,
        })
        .from(job_datasets)
        .innerJoin(dataset_versions, eq(job_datasets.dataset_version_id, dataset_versions.id))
        .innerJoin(datasets, eq(dataset_versions.dataset_id, datasets.id))
        .innerJoin(training_jobs, eq(job_datasets.job_id, training_jobs.id))
        .where(own(jobId))
        .orderBy(asc(job_datasets.position))
        .all(),
  };
};

const nextPositionOf = (userId: string) =>
  sql<number>`(SELECT coalesce(max(position), 0) + 1 FROM training_jobs WHERE user_id = ${userId})`;

const jobCreation = ({ db, userId }: Bound, { get }: Pick<ReturnType<typeof jobReads>, 'get'>) => ({
  /** The first version is of the job's own dataset; the others are mixed in. */
  create: (job: NewJobRow, versions: readonly JobVersion[]): TrainingJob => {
    for (const [position, { dataset_version_id }] of versions.entries()) {
      const owned = db
        .select({ dataset_id: datasets.id })
        .from(datasets)
        .innerJoin(dataset_versions, eq(dataset_versions.dataset_id, datasets.id))
        .where(and(eq(datasets.user_id, userId), eq(dataset_versions.id, dataset_version_id)))
        .get();
      if (!owned || (position === 0 && owned.dataset_id !== job.dataset_id)) throw foreign('dataset');
    }
    if (versions.length === 0) throw foreign('dataset');
    refuseForeign({ db, userId }, { 'base model': job.base_model_id, job: job.retry_of });
    db.insert(training_jobs)
      .values({ ...job, user_id: userId, position: nextPositionOf(userId) })
      .run();
    db.insert(job_datasets)
      .values(versions.map((version, position) => ({ job_id: job.id, position, ...version })))
      .run();
    return TrainingJob.parse(get(job.id));
  },
});

const jobChanges = ({ db, userId }: Bound, { get, queued }: ReturnType<typeof jobReads>) => {
  const own = (id: string) => and(eq(training_jobs.id, id), eq(training_jobs.user_id, userId));
  return {
    update: (id: string, changes: JobChanges): TrainingJob | null => {
      db.update(training_jobs).set(changes).where(own(id)).run();
      return get(id);
    },
    /** Compare and set: null where the job is not, or no longer, in one of `from`. */
    transition: (
      id: string,
      { from, to }: { from: readonly JobStatus[]; to: JobStatus },
      changes: JobChanges,
    ): TrainingJob | null => {
      const { changes: changed } = db
        .update(training_jobs)
        .set({ ...changes, status: to })
        .where(and(own(id), inArray(training_jobs.status, [...from])))
        .run();
      return changed > 0 ? get(id) : null;
    },
    /** Back to the end of the queue. */
    requeue: (id: string, from: readonly JobStatus[]): TrainingJob | null => {
      const { changes } = db
        .update(training_jobs)
        .set({
          status: 'queued',
          current_stage: 'queued',
          position: nextPositionOf(userId),
          completed_at: null,
          final_cost: null,
          error_code: null,
          error_message: null,
          error_hint: null,
          error_stack: null,
          queued_at: new Date().toISOString(),
        })
        .where(and(own(id), inArray(training_jobs.status, [...from])))
        .run();
      return changes > 0 ? get(id) : null;
    },
    /** Puts a waiting job at place `to` (0 is next) and numbers the queue anew. */
    move: (id: string, to: number): TrainingJob[] => {
      const order = queued();
      const job = order.find((each) => each.id === id);
      if (!job) return order;
      const others = order.filter((each) => each.id !== id);
      const positions = order.map(({ position }) => position).sort((left, right) => left - right);
      others.splice(Math.min(to, others.length), 0, job);
      others.forEach((each, index) => {
        db.update(training_jobs)
          .set({ position: positions[index] ?? index })
          .where(own(each.id))
          .run();
      });
      return queued();
    },
    delete: (id: string): boolean => db.delete(training_jobs).where(own(id)).run().changes > 0,
  };
};

export const jobRepository = (bound: Bound) => {
  const reads = jobReads(bound);
  return { ...reads, ...jobCreation(bound, reads), ...jobChanges(bound, reads) };
};
