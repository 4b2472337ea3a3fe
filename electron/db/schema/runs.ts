import { desc, eq } from 'drizzle-orm';
import {
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  unique,
  type AnySQLiteColumn,
} from 'drizzle-orm/sqlite-core';
import { id, json, now, revision, tags, type JsonObject } from './columns';
import { base_models, dataset_versions, datasets } from './datasets';
import { owner, storage_roots } from './profile';

export const JOB_STATUSES = [
  'queued',
  'initializing',
  'running',
  'paused',
  'interrupted',
  'completed',
  'failed',
  'cancelled',
] as const;
export const JOB_STAGES = ['queued', 'preprocessing', 'model_loading', 'training', 'finalization'] as const;
const PRESETS = ['conservative', 'balanced', 'aggressive', 'custom'] as const;
const METHODS = ['sft', 'dpo', 'orpo', 'kto', 'text'] as const;

const baseModel = () => text().references(() => base_models.id, { onDelete: 'restrict' });
const storageRoot = () => text().references(() => storage_roots.id, { onDelete: 'restrict' });

// Jobs and artifacts point at each other, so they share a file.
export const training_jobs = sqliteTable(
  'training_jobs',
  {
    id: id(),
    user_id: owner(),
    dataset_id: text()
      .notNull()
      .references(() => datasets.id, { onDelete: 'restrict' }),
    preset_id: text({ enum: PRESETS }).notNull(),
    hyperparameters: json<JsonObject>().notNull(),
    gpu_config: json<JsonObject>().notNull(),
    status: text({ enum: JOB_STATUSES }).notNull().default('queued'),
    current_stage: text({ enum: JOB_STAGES }).notNull().default('queued'),
    progress: real().notNull().default(0),
    current_epoch: integer().notNull().default(0),
    total_epochs: integer().notNull(),
    current_step: integer().notNull().default(0),
    total_steps: integer(),
    current_metrics: json<JsonObject>(),
    queued_at: now(),
    started_at: text(),
    completed_at: text(),
    estimated_completion_at: text(),
    current_cost: real().notNull().default(0),
    estimated_total_cost: real().notNull(),
    final_cost: real(),
    error_message: text(),
    error_stack: text(),
    retry_count: integer().notNull().default(0),
    external_job_id: text().unique(),
    artifact_id: text().references((): AnySQLiteColumn => model_artifacts.id),
    created_at: now(),
    updated_at: now(),
    name: text().notNull(),
    method: text({ enum: METHODS }).notNull().default('sft'),
    base_model_id: baseModel(),
    base_model_fingerprint: text(),
    retry_of: text().references((): AnySQLiteColumn => training_jobs.id, { onDelete: 'set null' }),
    init_artifact_id: text().references((): AnySQLiteColumn => model_artifacts.id, { onDelete: 'set null' }),
    position: integer().notNull().default(0),
    attempt: integer().notNull().default(0),
    last_seq: integer().notNull().default(0),
    plan: json<JsonObject>(),
    error_code: text(),
    error_hint: text(),
    cancel_reason: text(),
    storage_root_id: storageRoot(),
    notes: text(),
    tags: tags(),
    verdict: text(),
    revision: revision(),
  },
  (table) => [
    index('idx_training_jobs_user_id').on(table.user_id),
    index('idx_training_jobs_status').on(table.status),
    index('idx_training_jobs_dataset_id').on(table.dataset_id),
    index('idx_training_jobs_by_date').on(table.user_id, desc(table.created_at)),
    index('idx_training_jobs_queue').on(table.user_id, table.position).where(eq(table.status, 'queued')),
    index('idx_training_jobs_base_model_id').on(table.base_model_id),
    index('idx_training_jobs_artifact_id').on(table.artifact_id),
    index('idx_training_jobs_retry_of').on(table.retry_of),
    index('idx_training_jobs_init_artifact_id').on(table.init_artifact_id),
  ],
);

export interface ArtifactFile {
  readonly name: string;
  readonly path: string;
  readonly size_bytes: number;
  readonly sha256: string;
}

export const model_artifacts = sqliteTable(
  'model_artifacts',
  {
    id: id(),
    user_id: owner(),
    job_id: text()
      .unique()
      .references(() => training_jobs.id, { onDelete: 'restrict' }),
    dataset_id: text().references(() => datasets.id, { onDelete: 'restrict' }),
    name: text().notNull(),
    version: text().notNull().default('1.0.0'),
    description: text(),
    status: text({ enum: ['stored', 'active', 'archived'] })
      .notNull()
      .default('stored'),
    deployed_at: text(),
    quality_metrics: json<JsonObject>().notNull(),
    training_summary: json<JsonObject>().notNull(),
    configuration: json<JsonObject>().notNull(),
    artifacts: json<readonly ArtifactFile[]>().notNull(),
    parent_model_id: text().references((): AnySQLiteColumn => model_artifacts.id),
    created_at: now(),
    updated_at: now(),
    deleted_at: text(),
    origin: text({ enum: ['trained', 'imported'] })
      .notNull()
      .default('trained'),
    base_model_id: baseModel(),
    base_model_fingerprint: text(),
    source_step: integer(),
    storage_root_id: storageRoot(),
    storage_path: text(),
    notes: text(),
    tags: tags(),
    verdict: text(),
    revision: revision(),
  },
  (table) => [
    index('idx_model_artifacts_user_id').on(table.user_id),
    index('idx_model_artifacts_job_id').on(table.job_id),
    index('idx_model_artifacts_by_date').on(table.user_id, desc(table.created_at)),
    index('idx_model_artifacts_by_name').on(table.user_id, table.name),
    index('idx_model_artifacts_dataset_id').on(table.dataset_id, table.name),
    index('idx_model_artifacts_parent').on(table.parent_model_id),
    index('idx_model_artifacts_base_model_id').on(table.base_model_id),
  ],
);

/** The process that makes it, named as attempts and the queue's lease name theirs. */
export interface ExportOwner {
  readonly pid: number;
  readonly process_started_at: string;
  readonly boot_id: string;
}

export const exports = sqliteTable(
  'exports',
  {
    id: id(),
    artifact_id: text()
      .notNull()
      .references(() => model_artifacts.id, { onDelete: 'cascade' }),
    format: text({ enum: ['adapter', 'zip', 'merged', 'gguf-adapter', 'gguf', 'ollama'] }).notNull(),
    storage_root_id: storageRoot(),
    path: text().notNull(),
    status: text({ enum: ['pending', 'running', 'completed', 'failed'] })
      .notNull()
      .default('pending'),
    files: json<readonly Omit<ArtifactFile, 'path'>[]>().notNull().default([]),
    verification: json<JsonObject>(),
    error: text(),
    created_at: now(),
    completed_at: text(),
    revision: revision(),
    owner: json<ExportOwner>(),
  },
  (table) => [index('idx_exports_artifact_id').on(table.artifact_id, desc(table.created_at))],
);

export const job_datasets = sqliteTable(
  'job_datasets',
  {
    job_id: text()
      .notNull()
      .references(() => training_jobs.id, { onDelete: 'cascade' }),
    dataset_version_id: text()
      .notNull()
      .references(() => dataset_versions.id, { onDelete: 'restrict' }),
    weight: real().notNull().default(1),
    position: integer().notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.job_id, table.position] }),
    unique().on(table.job_id, table.dataset_version_id),
    index('idx_job_datasets_version').on(table.dataset_version_id),
  ],
);

export type JobStatus = (typeof JOB_STATUSES)[number];
export type JobRow = typeof training_jobs.$inferSelect;
export type ArtifactRow = typeof model_artifacts.$inferSelect;
export type ExportRow = typeof exports.$inferSelect;
export type JobDatasetRow = typeof job_datasets.$inferSelect;
