import { and, eq, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { Evaluation, JobEvent, JobSample, MetricsPoint } from '../../../src/lib/types/job-records';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import {
  checkpoints,
  evaluations,
  hardware_samples,
  job_attempts,
  job_events,
  metrics_points,
  samples,
  training_jobs,
} from '../schema';
import type { JobChanges } from './jobs';
import { ownsJob } from './job-records';
import { fromPoint } from './metrics-row';
import type { Bound, Drizzle } from './session';

/** A row that came from an event, with the number that says whether it was stored before. */
type Numbered<Row> = Row & { readonly seq: number; readonly attempt: number };

export interface NewCheckpoint {
  readonly step: number;
  readonly path: string;
  readonly size_bytes: number;
  readonly sha256: string;
  readonly validation_loss: number | null;
  readonly best: boolean;
  readonly pruned: readonly string[];
  /** When the trainer saved it. */
  readonly created_at: string;
}

/** What 200 ms of a trainer's events leave behind. */
export interface IngestBatch {
  readonly attempt: number;
  readonly last_seq: number;
  readonly points: readonly Numbered<MetricsPoint>[];
  readonly events: readonly JobEvent[];
  readonly samples: readonly Numbered<JobSample>[];
  readonly evaluations: readonly Numbered<Evaluation>[];
  readonly checkpoints: readonly Numbered<NewCheckpoint>[];
  readonly job: JobChanges;
}

const storePoints = (db: Drizzle, jobId: string, points: IngestBatch['points']): void => {
  for (const { seq: _seq, ...point } of points) {
    const row = fromPoint(jobId, point);
    db.insert(metrics_points)
      .values(row)
      .onConflictDoUpdate({ target: [metrics_points.job_id, metrics_points.step], set: row })
      .run();
    if (point.gpu_power_watts !== null || point.gpu_utilization !== null) {
      const { attempt, timestamp, gpu_utilization, gpu_memory_bytes, gpu_temperature, gpu_power_watts } =
        point;
      db.insert(hardware_samples)
        .values({
          job_id: jobId,
          attempt,
          timestamp,
          gpu_utilization,
          gpu_memory_bytes,
          gpu_temperature,
          gpu_power_watts,
        })
        .run();
    }
  }
};

/** A checkpoint is of the base model that its job was made for. */
const fingerprintOf = (jobId: string) =>
  sql<string>`(SELECT base_model_fingerprint FROM training_jobs WHERE id = ${jobId})`;

const storeCheckpoints = (db: Drizzle, jobId: string, rows: IngestBatch['checkpoints']): void => {
  for (const { seq: _seq, pruned, ...row } of rows) {
    if (row.best) db.update(checkpoints).set({ best: false }).where(eq(checkpoints.job_id, jobId)).run();
    const values = { ...row, job_id: jobId, pruned_at: null, base_model_fingerprint: fingerprintOf(jobId) };
    db.insert(checkpoints)
      .values(values)
      .onConflictDoUpdate({ target: [checkpoints.job_id, checkpoints.step], set: values })
      .run();
    if (pruned.length > 0) {
      db.update(checkpoints)
        .set({ pruned_at: row.created_at })
        .where(
          and(
            eq(checkpoints.job_id, jobId),
            inArray(checkpoints.path, [...pruned]),
            isNull(checkpoints.pruned_at),
          ),
        )
        .run();
    }
  }
};

const storeTexts = (db: Drizzle, jobId: string, batch: IngestBatch): void => {
  for (const { seq: _seq, ...sample } of batch.samples) {
    db.insert(samples)
      .values({ ...sample, job_id: jobId })
      .onConflictDoUpdate({
        target: [samples.job_id, samples.step, samples.prompt_id, samples.seed, samples.prompt],
        set: { text: sample.text, attempt: sample.attempt },
      })
      .run();
  }
  for (const { seq: _seq, ...evaluation } of batch.evaluations) {
    const row = { ...evaluation, job_id: jobId };
    db.insert(evaluations)
      .values(row)
      .onConflictDoUpdate({
        target: [
          evaluations.job_id,
          evaluations.step,
          evaluations.subject,
          evaluations.group,
          evaluations.final,
        ],
        set: row,
      })
      .run();
  }
  for (const event of batch.events)
    db.insert(job_events)
      .values({ ...event, job_id: jobId })
      .onConflictDoNothing()
      .run();
};

/** Stores a batch once, however often it comes: events up to the job's `last_seq` are known. */
export const ingestRepository = (bound: Bound) => {
  const { db } = bound;
  const owns = ownsJob(bound);

  return {
    /** Returns the job's row after it, or null where the job is not this profile's. */
    append: (jobId: string, batch: IngestBatch): Pick<TrainingJob, 'last_seq'> | null => {
      if (!owns(jobId)) return null;
      const known =
        db
          .select({ seq: training_jobs.last_seq })
          .from(training_jobs)
          .where(eq(training_jobs.id, jobId))
          .get()?.seq ?? 0;
      const fresh = <Row extends { readonly seq: number }>(rows: readonly Row[]): Row[] =>
        rows.filter(({ seq }) => seq > known);
      storePoints(db, jobId, fresh(batch.points));
      storeCheckpoints(db, jobId, fresh(batch.checkpoints));
      storeTexts(db, jobId, {
        ...batch,
        samples: fresh(batch.samples),
        evaluations: fresh(batch.evaluations),
        events: fresh(batch.events),
      });
      const changes = batch.last_seq > known ? batch.job : {};
      const last_seq = Math.max(known, batch.last_seq);
      db.update(training_jobs)
        .set({ ...changes, last_seq })
        .where(eq(training_jobs.id, jobId))
        .run();
      db.update(job_attempts)
        .set({ last_seq })
        .where(
          and(
            eq(job_attempts.job_id, jobId),
            eq(job_attempts.number, batch.attempt),
            lt(job_attempts.last_seq, last_seq),
          ),
        )
        .run();
      return { last_seq };
    },
  };
};
