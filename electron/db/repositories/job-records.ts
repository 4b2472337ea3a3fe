import { and, asc, count, desc, eq, sql } from 'drizzle-orm';
import {
  Checkpoint,
  Evaluation,
  JobAttempt,
  JobEvent,
  JobSample,
  type LogLine,
  type MetricsPoint,
} from '../../../src/lib/types/job-records';
import {
  type AttemptRow,
  checkpoints,
  evaluations,
  job_attempts,
  job_events,
  job_logs,
  metrics_points,
  samples,
  training_jobs,
} from '../schema';
import { measuredMemory } from './measured-memory';
import { measuredSpeed } from './measured-speed';
import { toPoint } from './metrics-row';
import type { Bound, Page } from './session';

/** What the app itself knows of an attempt's environment. */
export type AppReceipt = Pick<AttemptRow, 'app_version' | 'lock_hash'>;
export type NewAttempt = Pick<AttemptRow, 'job_id' | 'number' | 'pid' | 'process_started_at' | 'boot_id'> &
  Partial<AppReceipt & Pick<AttemptRow, 'devices'>>;
export type AttemptEnd = Pick<AttemptRow, 'exit_code' | 'signal' | 'end_reason' | 'ended_at'>;
export type AttemptChanges = Partial<
  Pick<AttemptRow, 'pid' | 'process_started_at' | 'boot_id' | 'from_checkpoint'> &
    Pick<AttemptRow, 'versions' | 'torch' | 'device_name' | 'driver' | 'precision' | 'threads'>
>;

const toAttempt = ({
  row,
  inexact,
}: {
  readonly row: AttemptRow;
  readonly inexact: string | null;
}): JobAttempt => {
  const { job_id: _job, last_seq: _seq, ...attempt } = row;
  return JobAttempt.parse({ ...attempt, not_bit_exact: inexact });
};

/** The trainer's own word on an attempt that goes on, but not bit for bit. */
const INEXACT = sql<string | null>`(
  SELECT ${job_events.payload} ->> 'message' FROM ${job_events}
  WHERE ${job_events.job_id} = ${job_attempts.job_id} AND ${job_events.attempt} = ${job_attempts.number}
    AND ${job_events.event} = 'warning' AND ${job_events.payload} ->> 'code' = 'not_bit_exact')`;

export const ownsJob =
  ({ db, userId }: Bound) =>
  (jobId: string): boolean =>
    db
      .select({ id: training_jobs.id })
      .from(training_jobs)
      .where(and(eq(training_jobs.id, jobId), eq(training_jobs.user_id, userId)))
      .get() !== undefined;

export const attemptRepository = (bound: Bound) => {
  const { db } = bound;
  const owns = ownsJob(bound);
  const row = (jobId: string, number: number) =>
    and(eq(job_attempts.job_id, jobId), eq(job_attempts.number, number));
  return {
    create: (attempt: NewAttempt): void => {
      if (!owns(attempt.job_id)) throw new Error('the job does not belong to this profile');
      db.insert(job_attempts).values(attempt).run();
    },
    update: (jobId: string, number: number, changes: AttemptChanges): void => {
      if (owns(jobId)) db.update(job_attempts).set(changes).where(row(jobId, number)).run();
    },
    finish: (jobId: string, number: number, end: AttemptEnd): void => {
      if (owns(jobId)) db.update(job_attempts).set(end).where(row(jobId, number)).run();
    },
    list: (jobId: string): JobAttempt[] =>
      owns(jobId)
        ? db
            .select({ row: job_attempts, inexact: INEXACT })
            .from(job_attempts)
            .where(eq(job_attempts.job_id, jobId))
            .orderBy(asc(job_attempts.number))
            .all()
            .map(toAttempt)
        : [],
    last: (jobId: string): JobAttempt | null => {
      if (!owns(jobId)) return null;
      const last = db
        .select({ row: job_attempts, inexact: INEXACT })
        .from(job_attempts)
        .where(eq(job_attempts.job_id, jobId))
        .orderBy(desc(job_attempts.number))
        .limit(1)
        .get();
      return last ? toAttempt(last) : null;
    },
  };
};

const figureReads = (bound: Bound) => {
  const { db } = bound;
  const owns = ownsJob(bound);
  return {
    points: (jobId: string): MetricsPoint[] =>
      owns(jobId)
        ? db
            .select()
            .from(metrics_points)
            .where(eq(metrics_points.job_id, jobId))
            .orderBy(asc(metrics_points.step))
            .all()
            .map(toPoint)
        : [],
    samples: (jobId: string): JobSample[] =>
      owns(jobId)
        ? db
            .select()
            .from(samples)
            .where(eq(samples.job_id, jobId))
            .orderBy(asc(samples.step), asc(samples.id))
            .all()
            .map(({ id: _id, job_id: _job, created_at: _created, ...sample }) => JobSample.parse(sample))
        : [],
    evaluations: (jobId: string): Evaluation[] =>
      owns(jobId)
        ? db
            .select()
            .from(evaluations)
            .where(eq(evaluations.job_id, jobId))
            .orderBy(asc(evaluations.step), asc(evaluations.id))
            .all()
            .map(({ id: _id, job_id: _job, attempt: _attempt, created_at: _created, ...each }) =>
              Evaluation.parse(each),
            )
        : [],
    checkpoints: (jobId: string): Checkpoint[] =>
      owns(jobId)
        ? db
            .select()
            .from(checkpoints)
            .where(eq(checkpoints.job_id, jobId))
            .orderBy(asc(checkpoints.step))
            .all()
            .map(({ step, path, size_bytes, sha256, validation_loss, best, pruned_at, created_at }) => ({
              step,
              path,
              size_bytes,
              sha256,
              validation_loss,
              best,
              pruned: pruned_at !== null,
              created_at,
            }))
        : [],
  };
};

const journal = (bound: Bound) => {
  const { db } = bound;
  const owns = ownsJob(bound);
  return {
    events: (jobId: string, { offset, limit }: Page): { total: number; events: JobEvent[] } => {
      if (!owns(jobId)) return { total: 0, events: [] };
      const where = eq(job_events.job_id, jobId);
      const rows = db
        .select()
        .from(job_events)
        .where(where)
        .orderBy(asc(job_events.id))
        .limit(limit)
        .offset(offset)
        .all();
      return {
        total: db.select({ total: count() }).from(job_events).where(where).get()?.total ?? 0,
        events: rows.map(({ seq, attempt, time, event, payload }) => ({
          seq: seq ?? 0,
          attempt: Math.max(1, attempt),
          time,
          event,
          payload: { ...payload },
        })),
      };
    },
  };
};

const logbook = (bound: Bound) => {
  const { db } = bound;
  const owns = ownsJob(bound);
  return {
    appendLogs: (jobId: string, attempt: number, lines: readonly string[]): void => {
      if (owns(jobId) && lines.length > 0) {
        db.insert(job_logs)
          .values(lines.map((line) => ({ job_id: jobId, attempt, line: line.slice(0, 8192) })))
          .run();
      }
    },
    logs: (jobId: string, { offset, limit }: Page): { total: number; lines: LogLine[] } => {
      if (!owns(jobId)) return { total: 0, lines: [] };
      const where = eq(job_logs.job_id, jobId);
      const rows = db
        .select()
        .from(job_logs)
        .where(where)
        .orderBy(asc(job_logs.id))
        .limit(limit)
        .offset(offset)
        .all();
      return {
        total: db.select({ total: count() }).from(job_logs).where(where).get()?.total ?? 0,
        lines: rows.map(({ id, time, attempt, line }) => ({ number: id, time, attempt, text: line })),
      };
    },
  };
};

/** What a run has left behind: figures, texts, events, log. */
export const recordRepository = (bound: Bound) => ({
  ...figureReads(bound),
  ...journal(bound),
  ...logbook(bound),
  ...measuredSpeed(bound),
  ...measuredMemory(bound),
});
