import { is, SQL } from 'drizzle-orm';
import { type AnySQLiteColumn, getTableConfig, SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type SQLite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import * as schema from './schema';
import { openIn, rawIn } from './testing';

const folder = mkdtempSync(join(tmpdir(), 'schema-'));
let db: SQLite.Database;
beforeAll(() => {
  openIn(folder).close();
  db = rawIn(folder);
});
afterAll(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

const TABLES = Object.values(schema).flatMap((value): SQLiteTable[] =>
  is(value, SQLiteTable) ? [value] : [],
);

const rows = <Shape extends z.ZodType>(shape: Shape, sql: string, name: string): z.infer<Shape>[] =>
  z.array(shape).parse(db.prepare(sql).all(name));

const sorted = (values: readonly string[]): string[] => [...values].sort();

describe('drizzle’s schema is that of the migrations', () => {
  it('in its tables', () => {
    const made = z
      .array(z.object({ name: z.string() }))
      .parse(
        db
          .prepare(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'",
          )
          .all(),
      );
    expect(sorted(made.map(({ name }) => name))).toEqual(
      sorted(TABLES.map((table) => getTableConfig(table).name)),
    );
  });

  it.each(TABLES.map((table) => [getTableConfig(table).name, table] as const))(
    'in the columns of %s',
    (name, table) => {
      const shape = z.object({
        name: z.string(),
        type: z.string(),
        notnull: z.number(),
        pk: z.number(),
        dflt_value: z.string().nullable(),
      });
      const config = getTableConfig(table);
      const keyed = new Set(
        config.primaryKeys.flatMap(({ columns }) => columns.map((column) => column.name)),
      );
      const made = rows(shape, 'SELECT * FROM pragma_table_info(?)', name).map((column) => ({
        name: column.name,
        type: column.type,
        key: column.pk > 0,
        // A rowid is never null, whatever its declaration says.
        required: column.notnull === 1 || column.pk > 0,
        hasDefault: column.dflt_value !== null,
      }));
      const declared = config.columns.map((column) => ({
        name: column.name,
        type: column.getSQLType().toUpperCase(),
        key: column.primary || keyed.has(column.name),
        required: column.notNull,
        hasDefault: column.hasDefault && !(column.primary && column.getSQLType() === 'integer'),
      }));
      expect(made).toEqual(declared);
    },
  );

  it.each(TABLES.map((table) => [getTableConfig(table).name, table] as const))(
    'in the foreign keys of %s',
    (name, table) => {
      const shape = z.object({ table: z.string(), from: z.string(), to: z.string(), on_delete: z.string() });
      const made = rows(shape, 'SELECT * FROM pragma_foreign_key_list(?)', name);
      const declared = getTableConfig(table).foreignKeys.map((key) => {
        const { columns, foreignColumns, foreignTable } = key.reference();
        const action = key.onDelete ?? 'no action';
        return `${namesOf(columns)} -> ${getTableConfig(foreignTable).name}.${namesOf(foreignColumns)} ${action.toUpperCase()}`;
      });
      expect(sorted(made.map((key) => `${key.from} -> ${key.table}.${key.to} ${key.on_delete}`))).toEqual(
        sorted(declared),
      );
    },
  );

  it.each(TABLES.map((table) => [getTableConfig(table).name, table] as const))(
    'in the indexes of %s',
    (name, table) => {
      const shape = z.object({
        name: z.string(),
        unique: z.number(),
        origin: z.string(),
        partial: z.number(),
      });
      const made = rows(shape, 'SELECT * FROM pragma_index_list(?)', name)
        .filter(({ origin }) => origin !== 'pk')
        .map((index) => {
          const named = index.origin === 'c' ? index.name : 'unique';
          return `${named}(${indexed(index.name)}) unique=${index.unique} partial=${index.partial}`;
        });
      const config = getTableConfig(table);
      const declared = [
        ...config.indexes.map(
          ({ config: { name: indexName, columns, unique, where } }) =>
            `${indexName}(${columns.map(columnOf).join(', ')}) unique=${Number(unique)} partial=${Number(where !== undefined)}`,
        ),
        ...config.uniqueConstraints.map(({ columns }) => `unique(${namesOf(columns)}) unique=1 partial=0`),
        ...config.columns
          .filter(({ isUnique }) => isUnique)
          .map((column) => `unique(${column.name}) unique=1 partial=0`),
      ];
      expect(sorted(made)).toEqual(sorted(declared));
    },
  );
});

const namesOf = (columns: readonly AnySQLiteColumn[]): string => columns.map(({ name }) => name).join(', ');

const columnOf = (column: unknown): string => {
  if (is(column, SQL)) {
    const inner = column.queryChunks.find((chunk) => is(chunk, SQLiteColumn));
    return `${is(inner, SQLiteColumn) ? inner.name : '?'} desc`;
  }
  return is(column, SQLiteColumn) ? column.name : nameOf(column);
};

const nameOf = (column: unknown): string => z.object({ name: z.string() }).parse(column).name;

const indexed = (index: string): string => {
  const shape = z.object({ name: z.string(), desc: z.number() });
  const columns = rows(shape, 'SELECT * FROM pragma_index_xinfo(?) WHERE key = 1', index);
  return columns.map(({ name, desc }) => `${name}${desc === 1 ? ' desc' : ''}`).join(', ');
};
