import type SQLite from 'better-sqlite3';
import { z } from 'zod';
import { AppError } from '../../src/lib/messages/app-error';
import { makeBackup, restoreBackup } from './backups';
import { type Migration, readMigrations } from './migration-files';
import { namedFailure } from './sqlite-failure';

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

const refuseUnknown = (applied: z.infer<typeof Applied>, known: readonly Migration[]): void => {
  const newest = known.at(-1)?.when ?? 0;
  if (applied.some(({ created_at }) => created_at > newest)) {
    throw new AppError({
      code: 'database_newer',
      message: 'The data folder was written by a newer version of Pipeline. Nothing was changed.',
      hint: 'Install the newer version again, or start with another data folder.',
    });
  }
  for (const [index, { hash, created_at }] of applied.entries()) {
    const expected = known[index];
    if (expected?.hash === hash && expected.when === created_at) continue;
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

/** drizzle's own bookkeeping, so that its tools still read the database. */
const BOOKKEEPING =
  'CREATE TABLE IF NOT EXISTS __drizzle_migrations (id INTEGER PRIMARY KEY, hash TEXT NOT NULL, created_at NUMERIC)';

/** What a step has written can then no longer be rolled back. */
class EndedTransaction extends Error {}

const applyAll = (db: SQLite.Database, missing: readonly Migration[]): void => {
  db.exec(BOOKKEEPING);
  const record = db.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)');
  for (const { tag, hash, when, statements } of missing) {
    for (const statement of statements) db.exec(statement);
    if (!db.inTransaction) throw new EndedTransaction(`${tag} ended the transaction`);
    record.run(hash, when);
  }
};

const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

const wasRolledBack = (db: SQLite.Database, cause: unknown): boolean =>
  !(cause instanceof EndedTransaction) && db.pragma('quick_check(1)', { simple: true }) === 'ok';

/**
 * Brings the database up to date. Foreign keys are off outside the transaction, because a migration
 * that rebuilds a parent table would otherwise delete its child rows. All steps and the checks of
 * their result are one transaction: killed at any moment, the file is the old or the checked new one.
 * The backup is put back only where rolling back did not leave a whole file.
 */
export const migrateGuarded = (
  db: SQLite.Database,
  { migrationsDir, backupsDir }: MigrationOptions,
): void => {
  const path = db.name;
  const known = readMigrations(migrationsDir);
  const applied = appliedMigrations(db);
  refuseUnknown(applied, known);
  if (applied.length === known.length) return;
  const before = tableCounts(db);
  const backup = applied.length > 0 ? makeBackup(db, backupsDir) : null;
  db.pragma('foreign_keys = OFF');
  try {
    db.transaction(() => {
      applyAll(db, known.slice(applied.length));
      checkAfter(db, before);
    }).exclusive();
    db.pragma('foreign_keys = ON');
  } catch (cause) {
    const isWhole = wasRolledBack(db, cause);
    db.close();
    if (backup !== null && !isWhole) restoreBackup(path, backup);
    const named = namedFailure(cause);
    if (named instanceof AppError) throw named;
    throw new AppError({
      code: 'migration_failed',
      message: `The database could not be brought up to date: ${reasonOf(cause)}.`,
      hint: 'It is as it was before. Start the previous version, or report this with the log.',
    });
  }
};
