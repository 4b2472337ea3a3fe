import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatabaseSession } from './session';
import { MIGRATIONS, openIn, withMigration as nextVersion } from './testing';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'datenbank ü '));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (migrationsDir = MIGRATIONS): DatabaseSession => openIn(folder, migrationsDir);

const withMigration = (sql: string): Promise<string> => nextVersion(join(folder, 'migrations'), sql);

const addDataset = (session: DatabaseSession) => {
  const { id: userId } = session.profile();
  const repositories = session.forUser(userId);
  const dataset = repositories.datasets.create({
    name: 'One',
    storage_path: `${userId}/one`,
    file_name: 'a.jsonl',
    file_size: 3,
  });
  repositories.datasetProblems.insertMany(dataset.id, [
    {
      line: 1,
      path: null,
      record_id: null,
      type: 'missing_field',
      severity: 'error',
      error: 'e',
      suggestion: null,
    },
  ]);
  return { dataset, repositories, userId };
};

const REBUILD = `CREATE TABLE dataset_formats_new (id TEXT PRIMARY KEY NOT NULL, note TEXT) STRICT;
--> statement-breakpoint
INSERT INTO dataset_formats_new (id) SELECT id FROM dataset_formats;
--> statement-breakpoint
DROP TABLE dataset_formats;
--> statement-breakpoint
ALTER TABLE dataset_formats_new RENAME TO dataset_formats;
--> statement-breakpoint
CREATE TABLE users_new (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, created_at TEXT NOT NULL, colour TEXT) STRICT;
--> statement-breakpoint
INSERT INTO users_new (id, name, created_at) SELECT id, name, created_at FROM users;
--> statement-breakpoint
DROP TABLE users;
--> statement-breakpoint
ALTER TABLE users_new RENAME TO users;`;

describe('the database', () => {
  it('is for its owner only, in write-ahead mode, and opens twice without another backup', () => {
    open().close();
    open().close();
    expect(statSync(join(folder, 'pipeline.db')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).not.toContain('backups');
  });

  it('makes exactly one profile', () => {
    const first = open();
    const { id } = first.profile();
    expect(first.profile().id).toBe(id);
    first.close();
    const second = open();
    expect(second.profile().id).toBe(id);
    second.close();
  });

  it('keeps every child row when a migration rebuilds their parent (S08)', async () => {
    const before = open();
    const { dataset, userId } = addDataset(before);
    before.close();
    const after = open(await withMigration(REBUILD));
    expect(after.forUser(userId).datasets.get(dataset.id)).toMatchObject({
      id: dataset.id,
      format: 'brightrun_lora_v4',
    });
    expect(after.forUser(userId).datasetProblems.page(dataset.id, { offset: 0, limit: 10 }).total).toBe(1);
    after.close();
    expect(readdirSync(join(folder, 'backups'))).toHaveLength(1);
  });

  it.each([
    [
      'fails half-way',
      'CREATE TABLE half (id INTEGER);\n--> statement-breakpoint\nSELECT no_such_function();',
    ],
    ['loses rows', 'DELETE FROM dataset_problems;'],
    ['breaks references', 'DELETE FROM dataset_formats;'],
  ])('puts the backup back when a migration %s (S07)', async (_what, sql) => {
    const before = open();
    const { dataset, userId } = addDataset(before);
    before.close();
    const next = await withMigration(sql);
    expect(() => open(next)).toThrow(expect.objectContaining({ code: 'migration_failed' }));
    const again = open();
    expect(again.forUser(userId).datasets.get(dataset.id)?.name).toBe('One');
    expect(again.forUser(userId).datasetProblems.page(dataset.id, { offset: 0, limit: 10 }).total).toBe(1);
    again.close();
  });

  it('refuses a database from a newer version and writes nothing (S06)', async () => {
    open(await withMigration('CREATE TABLE from_the_future (id INTEGER);')).close();
    const size = statSync(join(folder, 'pipeline.db')).size;
    expect(() => open()).toThrow(expect.objectContaining({ code: 'database_newer' }));
    expect(statSync(join(folder, 'pipeline.db')).size).toBe(size);
  });

  it('detects an edited migration (S09)', async () => {
    open().close();
    const edited = join(folder, 'edited');
    await cp(MIGRATIONS, edited, { recursive: true });
    const path = join(edited, '0000_foundation.sql');
    await writeFile(path, `${await readFile(path, 'utf8')}\n-- later thought`);
    expect(() => open(edited)).toThrow(expect.objectContaining({ code: 'migration_mismatch' }));
  });

  it('opens a database that another process has been killed in', () => {
    const session = open();
    addDataset(session);
    const copy = new SQLite(join(folder, 'pipeline.db'), { readonly: true });
    expect(copy.pragma('quick_check(1)', { simple: true })).toBe('ok');
    copy.close();
    session.close();
  });

  it('refuses a repository or method that does not exist', () => {
    const session = open();
    const user_id = session.profile().id;
    for (const [repository, method] of [
      ['jobs', 'drop'],
      ['constructor', 'x'],
      ['jobs', 'toString'],
      ['__proto__', 'x'],
    ] as const) {
      expect(() => session.run({ user_id, repository, method, args: [] })).toThrow('knows no');
    }
    session.close();
  });
});
