import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import SQLite from 'better-sqlite3';
import { AppError } from '../../src/lib/messages/app-error';

export interface ConnectionOptions {
  readonly path: string;
  /** A binary for runtimes whose Node-API is older than that of the packaged one. */
  readonly nativeBinding?: string | undefined;
}

const PRAGMAS: Readonly<Record<string, string | number>> = {
  journal_mode: 'wal',
  synchronous: 2,
  foreign_keys: 1,
  trusted_schema: 0,
  busy_timeout: 5000,
};

const applyPragmas = (db: SQLite.Database): void => {
  for (const [name, wanted] of Object.entries(PRAGMAS)) {
    db.pragma(`${name} = ${wanted}`);
    const found: unknown = db.pragma(name, { simple: true });
    if (found !== wanted)
      throw new Error(`SQLite did not accept ${name} = ${wanted}; it says ${String(found)}`);
  }
};

const damaged = (path: string, reason: string): AppError =>
  new AppError({
    code: 'database_damaged',
    message: `The database ${path} cannot be read: ${reason}.`,
    hint: 'Nothing was written. A copy is in the folder "backups" beside it, and every run is still in "runs".',
  });

const probe = (db: SQLite.Database, path: string): void => {
  const answer: unknown = db.pragma('quick_check(1)', { simple: true });
  if (answer !== 'ok') throw damaged(path, String(answer));
};

/** Opens, checks and configures the database file; it and its folder are for its owner only. */
export const openConnection = ({ path, nativeBinding }: ConnectionOptions): SQLite.Database => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const existed = existsSync(path);
  const db = new SQLite(path, nativeBinding === undefined ? {} : { nativeBinding });
  try {
    if (existed) probe(db, path);
    applyPragmas(db);
    chmodSync(path, 0o600);
    return db;
  } catch (thrown) {
    db.close();
    if (thrown instanceof SQLite.SqliteError && /CORRUPT|NOTADB/.test(thrown.code)) {
      throw damaged(path, thrown.message);
    }
    throw thrown;
  }
};
