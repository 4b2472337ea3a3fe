import { desc, isNull } from 'drizzle-orm';
import { index, integer, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { flag, id, json, now, revision, type JsonObject } from './columns';
import { cost_types, notification_types, owner } from './profile';
import { jobReference } from './records';
import { training_jobs } from './runs';

export const cost_records = sqliteTable(
  'cost_records',
  {
    id: id(),
    user_id: owner(),
    job_id: text().references(() => training_jobs.id, { onDelete: 'set null' }),
    cost_type: text({ enum: ['training_compute', 'energy', 'storage'] })
      .notNull()
      .references(() => cost_types.id, { onDelete: 'restrict' }),
    amount: real().notNull(),
    details: json<JsonObject>(),
    billing_period: text().notNull(),
    recorded_at: now(),
  },
  (table) => [
    index('idx_cost_records_user_id').on(table.user_id),
    index('idx_cost_records_billing_period').on(table.user_id, desc(table.billing_period)),
    index('idx_cost_records_job_id').on(table.job_id),
  ],
);

export const NOTIFICATION_TYPES = [
  'dataset_ready',
  'dataset_error',
  'job_queued',
  'job_started',
  'job_completed',
  'job_failed',
  'job_cancelled',
  'job_interrupted',
  'checkpoint_saved',
  'artifact_ready',
  'disk_low',
  'cost_alert',
] as const;

export const notifications = sqliteTable(
  'notifications',
  {
    id: id(),
    user_id: owner(),
    type: text({ enum: NOTIFICATION_TYPES })
      .notNull()
      .references(() => notification_types.id, { onDelete: 'restrict' }),
    title: text().notNull(),
    message: text().notNull(),
    priority: text({ enum: ['low', 'medium', 'high', 'critical'] })
      .notNull()
      .default('medium'),
    read: flag(),
    action_url: text(),
    metadata: json<JsonObject>(),
    created_at: now(),
    revision: revision(),
  },
  (table) => [
    index('idx_notifications_user_id').on(table.user_id),
    index('idx_notifications_read').on(table.user_id, table.read, desc(table.created_at)),
    index('idx_notifications_by_date').on(table.user_id, desc(table.created_at)),
  ],
);

export const job_devices = sqliteTable(
  'job_devices',
  {
    id: integer().primaryKey(),
    job_id: jobReference(),
    device_uuid: text().notNull(),
    leased_at: now(),
    released_at: text(),
  },
  (table) => [
    index('idx_job_devices_job_id').on(table.job_id),
    uniqueIndex('idx_job_devices_lease').on(table.device_uuid).where(isNull(table.released_at)),
  ],
);

export const queue_lease = sqliteTable('queue_lease', {
  id: integer().primaryKey(),
  owner_pid: integer().notNull(),
  owner_started_at: text().notNull(),
  boot_id: text().notNull(),
  owner_kind: text({ enum: ['app', 'cli'] }).notNull(),
  acquired_at: now(),
  renewed_at: now(),
});

export const job_requests = sqliteTable(
  'job_requests',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    user_id: owner(),
    job_id: text().references(() => training_jobs.id, { onDelete: 'cascade' }),
    command: text().notNull(),
    payload: json<JsonObject>().notNull().default({}),
    created_at: now(),
    taken_at: text(),
    answered_at: text(),
    answer: json<JsonObject>(),
  },
  (table) => [
    index('idx_job_requests_waiting').on(table.user_id, table.id).where(isNull(table.taken_at)),
    index('idx_job_requests_job_id').on(table.job_id),
  ],
);

export type CostRecordRow = typeof cost_records.$inferSelect;
export type NotificationRow = typeof notifications.$inferSelect;
export type LeaseRow = typeof queue_lease.$inferSelect;
export type JobRequestRow = typeof job_requests.$inferSelect;
