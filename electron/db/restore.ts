import { existsSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import SQLite from 'better-sqlite3';
import { AppError } from '../../src/lib/messages/app-error';
import type { ErrorPayload } from '../../src/lib/types/system';
import { listBackups, restoreBackup, SIDE_FILES } from './backups';
import type { ConnectionOptions } from './open';

export interface RestoreOptions extends ConnectionOptions {
  readonly backupsDir: string;
}

/** Beside the database while runs that it does not know have still to be read in from their folders. */
export const REBUILD_MARK = 'rebuild-pending';

/** What is wrong with the file, in SQLite's words; null where it is whole. Nothing is written. */
const damageOf = ({ path, nativeBinding }: ConnectionOptions): string | null => {
  // Closing a connection that may write would play a foreign log into the file.
  const options = { readonly: true, ...(nativeBinding !== undefined && { nativeBinding }) };
  let db: SQLite.Database | null = null;
  try {
    db = new SQLite(path, options);
    const answer = String(db.pragma('quick_check(1)', { simple: true }));
    if (answer !== 'ok') return answer.split('\n').at(-1) ?? answer;
    const isTorn = statSync(path).size % Number(db.pragma('page_size', { simple: true })) !== 0;
    // A log in use may have been killed while it was played in; it is then played in again.
    return isTorn && !hasLog(path) ? 'it ends in the middle of a page' : null;
  } catch (thrown) {
    if (thrown instanceof SQLite.SqliteError && /CORRUPT|NOTADB/.test(thrown.code)) return thrown.message;
    throw thrown;
  } finally {
    db?.close();
  }
};

/** Reading alone makes an empty one. */
const hasLog = (path: string): boolean => (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;

const isEmptied = (path: string): boolean => !existsSync(path) || statSync(path).size === 0;

/** Whether this data folder was used before, whatever its database says. */
const isUsed = (dataDir: string): boolean =>
  existsSync(join(dataDir, REBUILD_MARK)) ||
  [join(dataDir, 'runs'), join(dataDir, 'storage', 'lora-datasets')].some(
    (folder) => existsSync(folder) && readdirSync(folder).length > 0,
  );

const setAside = (path: string, { kept, suffixes }: { kept: string; suffixes: readonly string[] }): void => {
  for (const suffix of suffixes) if (existsSync(path + suffix)) renameSync(path + suffix, kept + suffix);
};

const newestWhole = ({ backupsDir, ...options }: RestoreOptions): string | undefined =>
  listBackups(backupsDir).find((path) => damageOf({ ...options, path }) === null);

const replaced = (reason: string, { kept, backup }: { kept: string; backup: string | undefined }) => ({
  code: 'database_restored',
  message:
    backup === undefined
      ? `The database could not be read (${reason}), and there was no copy of it. A new one was made.`
      : `The database could not be read (${reason}). The copy of ${timeOf(backup)} was put in its place; what was changed since then is missing.`,
  hint: `Runs are read in again from their folders. The damaged file is kept as ${kept} in the data folder.`,
});

const timeOf = (backup: string): string =>
  statSync(backup).mtime.toISOString().slice(0, 16).replace('T', ' ');

/** The damaged file stays beside; the newest whole copy, or nothing, takes its place. */
const replace = (reason: string, kept: string, options: RestoreOptions): ErrorPayload => {
  const { path } = options;
  const backup = newestWhole(options);
  // First the mark: killed after it, the next start goes on from here.
  writeFileSync(join(dirname(path), REBUILD_MARK), '', { mode: 0o600 });
  setAside(path, { kept, suffixes: ['', ...SIDE_FILES] });
  if (backup !== undefined) restoreBackup(path, backup);
  return replaced(reason, { kept: basename(kept), backup });
};

const LOG_GONE: ErrorPayload = {
  code: 'database_log_missing',
  message: 'The log of the latest changes to the database is gone; some of them may be missing.',
  hint: 'Look at the newest runs and datasets. The database itself is whole.',
};

const logRefused = (kept: string): ErrorPayload => ({
  code: 'database_log_refused',
  message: 'The log beside the database belongs to another one; the latest changes may be missing.',
  hint: `Look at the newest runs and datasets. The log is kept as ${kept}-wal in the data folder.`,
});

/** Makes the file one that can be opened, losing nothing of what was there; says what it had to do. */
export const restoreIfDamaged = (options: RestoreOptions): ErrorPayload | null => {
  const { path } = options;
  const kept = `${path}.damaged-${new Date().toISOString().replaceAll(':', '-')}`;
  if (isEmptied(path)) return isUsed(dirname(path)) ? replace('it is empty', kept, options) : null;
  const isLogGone = existsSync(`${path}-shm`) && !existsSync(`${path}-wal`);
  const wasLogged = hasLog(path);
  const damage = damageOf(options);
  if (damage === null) return isLogGone ? LOG_GONE : null;
  if (!wasLogged) return replace(damage, kept, options);
  setAside(path, { kept, suffixes: SIDE_FILES });
  return damageOf(options) === null ? logRefused(basename(kept)) : replace(damage, kept, options);
};

export const isRestored = (notice: ErrorPayload | null): boolean => notice?.code === 'database_restored';

export const folderUnusable = (path: string, thrown: unknown): AppError =>
  new AppError({
    code: 'database_unwritable',
    message: `The data folder ${dirname(path)} cannot be used: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
    hint: 'Check its drive, its permissions and its free space, or choose another with PIPELINE_DATA_DIR.',
  });
