import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type SQLite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator';
import { z } from 'zod';
import { AppError } from '../../src/lib/messages/app-error';

const BACKUPS_KEPT = 3;

export interface MigrationOptions {
  readonly migrationsDir: string;
  readonly backupsDir: string;
}

const Applied = z.array(z.object({ hash: z.string(), created_at: z.number() }));
const Counts = z.array(z.object({ name: z.string() }));

const appliedMigrations = (db: SQLite.Database) => {
  const exists = db.prepare("SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'").get();
  if (exists === undefined) return [];
  return Applied.parse(
    db.prepare('SELECT hash, created_at FROM __drizzle_migrations ORDER BY created_at').all(),
  );
};

const refuseUnknown = (applied: z.infer<typeof Applied>, known: readonly MigrationMeta[]): void => {
  const newest = known.at(-1)?.folderMillis ?? 0;
  if (applied.some(({ created_at }) => created_at > newest)) {
    throw new AppError({
      code: 'database_newer',
      message: 'The data folder was written by a newer version of Pipeline. Nothing was changed.',
      hint: 'Install the newer version again, or start with another data folder.',
    });
  }
  for (const [index, { hash, created_at }] of applied.entries()) {
    const expected = known[index];
    if (expected?.hash === hash && expected.folderMillis === created_at) continue;
    throw new AppError({
      code: 'migration_mismatch',
      message: `Step ${index + 1} of the database's history is not the one that this version ships. Nothing was changed.`,
      hint: 'Install Pipeline again; its files have been changed.',
    });
  }
};

const tableCounts = (db: SQLite.Database): ReadonlyMap<string, number> => {
  const tables = Counts.parse(
    db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all(),
  );
  return new Map(
    tables.map(({ name }) => {
      const count: unknown = db.prepare(`SELECT count(*) FROM "${name}"`).pluck().get();
      return [name, Number(count)];
    }),
  );
};

const checkAfter = (db: SQLite.Database, before: ReadonlyMap<string, number>): void => {
  const after = tableCounts(db);
  for (const [name, count] of before) {
    const now = after.get(name);
    if (name !== '__drizzle_migrations' && now !== undefined && now < count) {
      throw new Error(`table ${name} has ${now} rows, it had ${count}`);
    }
  }
  const broken: unknown = db.pragma('foreign_key_check');
  if (Array.isArray(broken) && broken.length > 0)
    throw new Error(`${broken.length} rows lost what they refer to`);
  const answer: unknown = db.pragma('quick_check(1)', { simple: true });
  if (answer !== 'ok') throw new Error(String(answer));
};

const makeBackup = (db: SQLite.Database, backupsDir: string): string => {
  mkdirSync(backupsDir, { recursive: true, mode: 0o700 });
  const path = join(backupsDir, `pipeline-${new Date().toISOString().replaceAll(':', '-')}.db`);
  db.prepare('VACUUM INTO ?').run(path);
  const old = readdirSync(backupsDir)
    .filter((name) => name.endsWith('.db'))
    .sort()
    .slice(0, -BACKUPS_KEPT);
  for (const name of old) rmSync(join(backupsDir, name));
  return path;
};

const restore = (db: SQLite.Database, backup: string): void => {
  const path = db.name;
  db.close();
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
  copyFileSync(backup, path);
};

/**
 * Brings the database up to date. Foreign keys are off outside drizzle's transaction, because a
 * migration that rebuilds a parent table would otherwise delete its child rows. Rows are counted
 * and checked afterwards; whatever goes wrong, the backup is put back and the connection is closed.
 */
export const migrateGuarded = (
  db: SQLite.Database,
  { migrationsDir, backupsDir }: MigrationOptions,
): void => {
  const known = readMigrationFiles({ migrationsFolder: migrationsDir });
  const applied = appliedMigrations(db);
  refuseUnknown(applied, known);
  if (applied.length === known.length) return;
  const before = tableCounts(db);
  const backup = applied.length > 0 ? makeBackup(db, backupsDir) : null;
  try {
    db.pragma('foreign_keys = OFF');
    migrate(drizzle(db), { migrationsFolder: migrationsDir });
    checkAfter(db, before);
    db.pragma('foreign_keys = ON');
  } catch (cause) {
    if (backup !== null && existsSync(backup)) restore(db, backup);
    else db.close();
    throw new AppError({
      code: 'migration_failed',
      message: `The database could not be brought up to date: ${cause instanceof Error ? cause.message : String(cause)}.`,
      hint: 'It is as it was before. Start the previous version, or report this with the log.',
    });
  }
};
