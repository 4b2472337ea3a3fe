import { type SQL, sql } from 'drizzle-orm';
import type { PastWork } from '../../../src/lib/training/run-time';
import type { AdapterPath } from '../../../src/lib/types/trainer-events';
import { metrics_points, model_artifacts, training_jobs } from '../schema';
import type { Bound } from './session';

interface Speed {
  readonly tokens_per_second: number;
  readonly runs: number;
  readonly past: readonly PastWork[];
}

interface Like {
  readonly path: AdapterPath;
  readonly processes: number;
}

export const measuredSpeed = (bound: Bound) => ({
  /**
   * Median real tokens a second over this base model's finished runs in as many processes on such a device: of those whose adapters computed
   * by `path`, of all where none did; null where there are none.
   */
  measuredSpeed: (baseModelId: string, gpuType: string, { path, processes }: Like): Speed | null => {
    const finished = sql`${isFinished(bound, baseModelId, gpuType)}
      AND coalesce(${training_jobs.hyperparameters} ->> 'processes', 1) = ${processes}`;
    // Before plans told of it, PEFT's path was the only one.
    const alike = sql`${finished} AND coalesce(${training_jobs.plan} ->> 'path', 'stock') = ${path}`;
    return speedOf(bound, alike) ?? speedOf(bound, finished);
  },
});

const speedOf = (bound: Bound, finished: SQL): Speed | null => {
  const { db } = bound;
  const measured = sql`
      FROM ${metrics_points} INNER JOIN ${training_jobs} ON ${metrics_points.job_id} = ${training_jobs.id}
      WHERE ${finished} AND ${metrics_points.throughput} > 0`;
  const { points, runs } = db.get<{ points: number; runs: number }>(
    sql`SELECT count(*) AS points, count(DISTINCT ${metrics_points.job_id}) AS runs ${measured}`,
  );
  if (points === 0) return null;
  const { median } = db.get<{ median: number }>(
    sql`SELECT ${metrics_points.throughput} AS median ${measured}
        ORDER BY ${metrics_points.throughput} LIMIT 1 OFFSET ${Math.floor(points / 2)}`,
  );
  return { tokens_per_second: median, runs, past: pastWork(bound, finished) };
};

const isFinished = ({ userId }: Bound, baseModelId: string, gpuType: string) => sql`
  ${training_jobs.user_id} = ${userId} AND ${training_jobs.base_model_id} = ${baseModelId}
  AND ${training_jobs.status} = 'completed' AND ${training_jobs.gpu_config} ->> 'gpu_type' = ${gpuType}`;

/** Older ones tell little of what the machine does now. */
const MOST_RUNS = 20;

interface Row {
  readonly besides_ms: number | null;
  readonly evaluations: number;
  readonly answers: number;
  readonly first_answers: number;
  /** Of the first attempt: when training began, the untouched model was evaluated, and had answered. */
  readonly began: string | null;
  readonly evaluated: string | null;
  readonly answered: string | null;
  /** Over all epochs, and in how many records. */
  readonly tokens: number | null;
  readonly trained_records: number | null;
  readonly held_out: number | null;
}

const pastWork = ({ db }: Bound, finished: SQL): PastWork[] =>
  db
    .all<Row>(
      sql`
    WITH runs AS (
      SELECT ${training_jobs.id} AS id, ${training_jobs.plan} AS plan, ${training_jobs.hyperparameters} AS settings,
        ${model_artifacts.training_summary} ->> 'duration_ms' AS duration_ms
      FROM ${training_jobs} INNER JOIN ${model_artifacts} ON ${model_artifacts.job_id} = ${training_jobs.id}
      WHERE ${finished} ORDER BY ${training_jobs.created_at} DESC LIMIT ${MOST_RUNS}
    ), first AS (
      SELECT job_id, event, time, payload ->> 'step' AS step, payload ->> 'name' AS name
      FROM job_events WHERE attempt = 1 AND event IN ('stage', 'evaluation', 'sample') AND job_id IN (SELECT id FROM runs)
    )
    SELECT duration_ms - (SELECT total(step_ms) FROM metrics_points WHERE job_id = runs.id) AS besides_ms,
      (SELECT count(*) FROM evaluations WHERE job_id = runs.id AND "group" = 'all' AND final = 0) AS evaluations,
      (SELECT count(*) FROM samples WHERE job_id = runs.id) AS answers,
      (SELECT count(*) FROM samples WHERE job_id = runs.id AND step = 0) AS first_answers,
      (SELECT min(time) FROM first WHERE job_id = runs.id AND event = 'stage' AND name = 'training') AS began,
      (SELECT min(time) FROM first WHERE job_id = runs.id AND event = 'evaluation' AND step = 0) AS evaluated,
      (SELECT max(time) FROM first WHERE job_id = runs.id AND event = 'sample' AND step = 0) AS answered,
      plan ->> 'total_tokens' AS tokens,
      (plan ->> 'total_steps') * (settings ->> 'batch_size') * (settings ->> 'gradient_accumulation_steps') AS trained_records,
      plan ->> 'held_out_records' AS held_out
    FROM runs`,
    )
    .map(toWork);

const between = (from: string | null, to: string | null): number | null =>
  from === null || to === null ? null : Math.max(0, Date.parse(to) - Date.parse(from));

const toWork = (row: Row): PastWork => ({
  besides_ms: Math.max(0, row.besides_ms ?? 0),
  evaluations: row.evaluations,
  held_out_tokens: Math.round(
    ((row.tokens ?? 0) / Math.max(1, row.trained_records ?? 1)) * (row.held_out ?? 0),
  ),
  evaluation_ms: between(row.began, row.evaluated),
  answers: row.answers,
  first_answers: row.first_answers,
  first_answers_ms: between(row.evaluated ?? row.began, row.answered),
});
