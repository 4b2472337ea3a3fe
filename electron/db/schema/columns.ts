import { sql } from 'drizzle-orm';
import { integer, text } from 'drizzle-orm/sqlite-core';

// Drizzle writes a column's default into the insert itself, so these repeat the migrations' SQL.
const NOW = sql`(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))`;
const UUID_V4 = sql`(
  lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' ||
  substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
)`;

export const id = () => text().primaryKey().default(UUID_V4);
export const now = () => text().notNull().default(NOW);
export const flag = () => integer({ mode: 'boolean' }).notNull().default(false);
export const revision = () => integer().notNull().default(0);
export const tags = () => text({ mode: 'json' }).$type<readonly string[]>().notNull().default([]);

/** A JSON column; its CHECK in SQL says that the text parses, the type says what was put in. */
export const json = <Value>() => text({ mode: 'json' }).$type<Value>();

/** JSON whose shape belongs to the service that writes it. */
export type JsonObject = Readonly<Record<string, unknown>>;
