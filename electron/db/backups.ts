import { chmodSync, closeSync, copyFileSync, fsyncSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type SQLite from 'better-sqlite3';

const BACKUPS_KEPT = 3;
const PART = '.part';

const flush = (path: string): void => {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

/** Only a whole copy ever gets a backup's name; the oldest beyond three go. */
export const makeBackup = (db: SQLite.Database, backupsDir: string): string => {
  mkdirSync(backupsDir, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(backupsDir).filter((each) => each.endsWith(PART))) {
    rmSync(join(backupsDir, name));
  }
  const path = join(backupsDir, `pipeline-${new Date().toISOString().replaceAll(':', '-')}.db`);
  db.prepare('VACUUM INTO ?').run(path + PART);
  chmodSync(path + PART, 0o600);
  flush(path + PART);
  renameSync(path + PART, path);
  const old = readdirSync(backupsDir)
    .filter((name) => name.endsWith('.db'))
    .sort()
    .slice(0, -BACKUPS_KEPT);
  for (const name of old) rmSync(join(backupsDir, name));
  return path;
};

/** Closes the connection and puts the copy in its place, whole or not at all. */
export const restoreBackup = (db: SQLite.Database, backup: string): void => {
  const path = db.name;
  db.close();
  copyFileSync(backup, path + PART);
  chmodSync(path + PART, 0o600);
  flush(path + PART);
  // A log of the old file would be played into the new one.
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
  renameSync(path + PART, path);
};
