import { primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { id, json, now } from './columns';

export const users = sqliteTable('users', { id: id(), name: text().notNull(), created_at: now() });

export const dataset_formats = sqliteTable('dataset_formats', { id: text().primaryKey() });
export const notification_types = sqliteTable('notification_types', { id: text().primaryKey() });
export const cost_types = sqliteTable('cost_types', { id: text().primaryKey() });

export const owner = () =>
  text()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' });

export const storage_roots = sqliteTable(
  'storage_roots',
  {
    id: id(),
    user_id: owner(),
    kind: text({ enum: ['runs', 'models', 'exports'] }).notNull(),
    path: text().notNull(),
    created_at: now(),
  },
  (table) => [unique().on(table.user_id, table.kind, table.path)],
);

export const settings = sqliteTable(
  'settings',
  { user_id: owner(), key: text().notNull(), value: json<unknown>().notNull(), updated_at: now() },
  (table) => [primaryKey({ columns: [table.user_id, table.key] })],
);

export const prompt_sets = sqliteTable(
  'prompt_sets',
  {
    id: id(),
    user_id: owner(),
    name: text().notNull(),
    prompts: json<readonly { readonly id: string; readonly text: string }[]>().notNull().default([]),
    created_at: now(),
  },
  (table) => [unique().on(table.user_id, table.name)],
);

export type User = typeof users.$inferSelect;
export type StorageRoot = typeof storage_roots.$inferSelect;
export type PromptSet = typeof prompt_sets.$inferSelect;
