import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import SQLite from 'better-sqlite3';

export interface ConnectionOptions {
  readonly path: string;
  /** A binary for runtimes whose Node-API is older than that of the packaged one. */
  readonly nativeBinding?: string | undefined;
}

const PRAGMAS: Readonly<Record<string, string | number>> = {
  busy_timeout: 5000,
  journal_mode: 'wal',
  synchronous: 2,
  foreign_keys: 1,
  trusted_schema: 0,
};

const applyPragmas = (db: SQLite.Database): void => {
  for (const [name, wanted] of Object.entries(PRAGMAS)) {
    db.pragma(`${name} = ${wanted}`);
    const found: unknown = db.pragma(name, { simple: true });
    if (found !== wanted)
      throw new Error(`SQLite did not accept ${name} = ${wanted}; it says ${String(found)}`);
  }
};

/** Opens and configures the database file; it and its folder are for its owner only. */
export const openConnection = ({ path, nativeBinding }: ConnectionOptions): SQLite.Database => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const db = new SQLite(path, nativeBinding === undefined ? {} : { nativeBinding });
  try {
    applyPragmas(db);
    chmodSync(path, 0o600);
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
};
