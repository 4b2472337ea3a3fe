import { desc, isNotNull } from 'drizzle-orm';
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { flag, id, json, now, type JsonObject } from './columns';
import { training_jobs } from './runs';

export const jobReference = () =>
  text()
    .notNull()
    .references(() => training_jobs.id, { onDelete: 'cascade' });

export const metrics_points = sqliteTable(
  'metrics_points',
  {
    id: id(),
    job_id: jobReference(),
    timestamp: now(),
    epoch: integer().notNull(),
    step: integer().notNull(),
    training_loss: real(),
    validation_loss: real(),
    learning_rate: real().notNull(),
    gradient_norm: real(),
    throughput: real(),
    gpu_utilization: real(),
    non_finite: text({ enum: ['nan', 'inf', '-inf'] }),
    attempt: integer().notNull().default(1),
    tokens: integer(),
    step_ms: real(),
    extra: json<JsonObject>(),
  },
  (table) => [
    index('idx_metrics_points_job_id').on(table.job_id),
    index('idx_metrics_points_timestamp').on(table.job_id, desc(table.timestamp)),
    uniqueIndex('idx_metrics_points_step').on(table.job_id, table.step),
  ],
);

export const job_attempts = sqliteTable(
  'job_attempts',
  {
    job_id: jobReference(),
    number: integer().notNull(),
    pid: integer(),
    process_started_at: text(),
    boot_id: text(),
    devices: json<readonly string[]>().notNull().default([]),
    versions: json<JsonObject>().notNull().default({}),
    from_checkpoint: text(),
    last_seq: integer().notNull().default(0),
    started_at: now(),
    ended_at: text(),
    exit_code: integer(),
    signal: text(),
    end_reason: text(),
    app_version: text(),
    lock_hash: text(),
    torch: text(),
    device_name: text(),
    driver: text(),
    precision: text({ enum: ['bf16', 'fp32'] }),
    threads: integer(),
  },
  (table) => [primaryKey({ columns: [table.job_id, table.number] })],
);

export const hardware_samples = sqliteTable(
  'hardware_samples',
  {
    id: integer().primaryKey(),
    job_id: jobReference(),
    attempt: integer().notNull(),
    timestamp: now(),
    device_uuid: text(),
    gpu_utilization: real(),
    gpu_memory_bytes: integer(),
    gpu_temperature: real(),
    gpu_power_watts: real(),
  },
  (table) => [index('idx_hardware_samples_job_id').on(table.job_id, table.timestamp)],
);

export const evaluations = sqliteTable(
  'evaluations',
  {
    id: integer().primaryKey(),
    job_id: jobReference(),
    attempt: integer().notNull(),
    step: integer().notNull(),
    subject: text({ enum: ['base', 'adapter'] }).notNull(),
    group: text().notNull(),
    loss: real().notNull(),
    tokens: integer().notNull(),
    records: integer().notNull().default(0),
    method: text().notNull(),
    final: flag(),
    created_at: now(),
  },
  (table) => [
    uniqueIndex('idx_evaluations_row').on(table.job_id, table.step, table.subject, table.group, table.final),
  ],
);

export const samples = sqliteTable(
  'samples',
  {
    id: integer().primaryKey(),
    job_id: jobReference(),
    attempt: integer().notNull(),
    step: integer().notNull(),
    prompt_id: text().notNull(),
    prompt: text().notNull(),
    seed: integer().notNull(),
    text: text().notNull(),
    created_at: now(),
  },
  (table) => [
    uniqueIndex('idx_samples_row').on(table.job_id, table.step, table.prompt_id, table.seed, table.prompt),
  ],
);

export const job_events = sqliteTable(
  'job_events',
  {
    id: integer().primaryKey(),
    job_id: jobReference(),
    attempt: integer().notNull().default(0),
    seq: integer(),
    time: now(),
    event: text().notNull(),
    severity: text({ enum: ['info', 'warning', 'error'] })
      .notNull()
      .default('info'),
    payload: json<JsonObject>().notNull().default({}),
  },
  (table) => [
    index('idx_job_events_job_id').on(table.job_id, table.id),
    uniqueIndex('idx_job_events_seq').on(table.job_id, table.seq).where(isNotNull(table.seq)),
  ],
);

export const job_logs = sqliteTable(
  'job_logs',
  {
    id: integer().primaryKey(),
    job_id: jobReference(),
    attempt: integer().notNull().default(0),
    time: now(),
    stream: text({ enum: ['stdout', 'stderr', 'app'] })
      .notNull()
      .default('stderr'),
    line: text().notNull(),
  },
  (table) => [index('idx_job_logs_job_id').on(table.job_id, table.id)],
);

export const checkpoints = sqliteTable(
  'checkpoints',
  {
    id: id(),
    job_id: jobReference(),
    attempt: integer().notNull(),
    step: integer().notNull(),
    path: text().notNull(),
    size_bytes: integer().notNull(),
    sha256: text().notNull(),
    validation_loss: real(),
    best: flag(),
    base_model_fingerprint: text(),
    pruned_at: text(),
    created_at: now(),
  },
  (table) => [uniqueIndex('idx_checkpoints_step').on(table.job_id, table.step)],
);

export type MetricsPointRow = typeof metrics_points.$inferSelect;
export type AttemptRow = typeof job_attempts.$inferSelect;
export type HardwareSampleRow = typeof hardware_samples.$inferSelect;
export type EvaluationRow = typeof evaluations.$inferSelect;
export type SampleRow = typeof samples.$inferSelect;
export type JobEventRow = typeof job_events.$inferSelect;
export type JobLogRow = typeof job_logs.$inferSelect;
export type CheckpointRow = typeof checkpoints.$inferSelect;
