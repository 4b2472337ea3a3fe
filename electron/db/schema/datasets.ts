import { desc, isNull } from 'drizzle-orm';
import { index, integer, real, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import { PROBLEM_TYPES } from '../../../src/lib/types/dataset-records';
import type { DatasetFormat, DatasetProblem, DatasetReport } from '../../../src/lib/types/dataset-records';
import { flag, id, json, now, revision, tags, type JsonObject } from './columns';
import { dataset_formats, owner } from './profile';

export const DATASET_STATUSES = ['uploading', 'validating', 'ready', 'error'] as const;

export const datasets = sqliteTable(
  'datasets',
  {
    id: id(),
    user_id: owner(),
    name: text().notNull(),
    description: text(),
    format: text()
      .$type<DatasetFormat>()
      .notNull()
      .default('brightrun_lora_v4')
      .references(() => dataset_formats.id, { onDelete: 'restrict' }),
    status: text({ enum: DATASET_STATUSES }).notNull().default('uploading'),
    storage_bucket: text().notNull().default('lora-datasets'),
    storage_path: text().notNull().unique(),
    file_name: text().notNull(),
    file_size: integer().notNull(),
    total_training_pairs: integer(),
    total_validation_pairs: integer(),
    total_tokens: integer(),
    avg_turns_per_conversation: real(),
    avg_tokens_per_turn: real(),
    training_ready: flag(),
    validated_at: text(),
    validation_errors: json<DatasetProblem[]>(),
    sample_data: json<unknown>(),
    created_at: now(),
    updated_at: now(),
    deleted_at: text(),
    kind: text({ enum: ['sft', 'preference', 'kto', 'text'] })
      .notNull()
      .default('sft'),
    report: json<DatasetReport>(),
    notes: text(),
    tags: tags(),
    verdict: text(),
    revision: revision(),
    current_version_id: text().references((): AnySQLiteColumn => dataset_versions.id, {
      onDelete: 'set null',
    }),
  },
  (table) => [
    index('idx_datasets_user_id').on(table.user_id),
    index('idx_datasets_status').on(table.status).where(isNull(table.deleted_at)),
    index('idx_datasets_created_at').on(desc(table.created_at)),
    index('idx_datasets_by_date').on(table.user_id, desc(table.created_at)),
    index('idx_datasets_by_name').on(table.user_id, table.name),
    index('idx_datasets_by_size').on(table.user_id, desc(table.file_size)),
    index('idx_datasets_by_pairs').on(table.user_id, desc(table.total_training_pairs)),
  ],
);

const dataset = () =>
  text()
    .notNull()
    .references(() => datasets.id, { onDelete: 'cascade' });

/**
 * `recipe`: what made it from its source. `summary`: the columns that a dataset has while this is its
 * current version; null where nobody knows them any more.
 */
export const dataset_versions = sqliteTable(
  'dataset_versions',
  {
    id: id(),
    dataset_id: dataset(),
    number: integer().notNull(),
    sha256: text().notNull(),
    path: text().notNull(),
    source_path: text(),
    source_sha256: text(),
    records: integer().notNull(),
    size_bytes: integer().notNull(),
    created_at: now(),
    recipe: json<JsonObject>().notNull().default({}),
    summary: json<JsonObject>(),
  },
  (table) => [unique().on(table.dataset_id, table.number), unique().on(table.dataset_id, table.sha256)],
);

export const dataset_problems = sqliteTable(
  'dataset_problems',
  {
    id: integer().primaryKey(),
    dataset_id: dataset(),
    line: integer().notNull(),
    path: text(),
    record_id: text(),
    type: text({ enum: PROBLEM_TYPES }).notNull(),
    severity: text({ enum: ['error', 'warning', 'info'] }).notNull(),
    error: text().notNull(),
    suggestion: text(),
  },
  (table) => [
    index('idx_dataset_problems_line').on(table.dataset_id, table.line, table.id),
    index('idx_dataset_problems_type').on(table.dataset_id, table.type, table.line, table.id),
    index('idx_dataset_problems_record').on(table.dataset_id, table.record_id, table.line, table.id),
  ],
);

/** `hashes`: of weights, config, tokenizer and template; the fingerprint is made of them. */
export const base_models = sqliteTable(
  'base_models',
  {
    id: id(),
    user_id: owner(),
    name: text().notNull(),
    path: text().notNull(),
    architecture: text().notNull(),
    parameters: integer().notNull(),
    size_bytes: integer().notNull().default(0),
    fingerprint: text().notNull(),
    hashes: json<JsonObject>().notNull().default({}),
    details: json<JsonObject>().notNull().default({}),
    created_at: now(),
    updated_at: now(),
    deleted_at: text(),
    revision: revision(),
  },
  (table) => [
    unique().on(table.user_id, table.path),
    index('idx_base_models_by_name').on(table.user_id, table.name),
    index('idx_base_models_fingerprint').on(table.fingerprint),
  ],
);

export type DatasetRow = typeof datasets.$inferSelect;
/** Without what may be large and is seldom asked for. */
export type DatasetVersionRow = Omit<typeof dataset_versions.$inferSelect, 'recipe' | 'summary'>;
export type BaseModelRow = typeof base_models.$inferSelect;
