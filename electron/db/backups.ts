import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import type SQLite from 'better-sqlite3';

const BACKUPS_KEPT = 3;
const PART = '.part';
const BETWEEN_BACKUPS_MS = 24 * 60 * 60 * 1000;

/** The log and its index of a database: they belong to the file that they were written for. */
export const SIDE_FILES = ['-wal', '-shm'] as const;

const flush = (path: string): void => {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

/** Whole copies, newest first. */
export const listBackups = (backupsDir: string): string[] =>
  existsSync(backupsDir)
    ? readdirSync(backupsDir)
        .filter((name) => name.endsWith('.db'))
        .sort()
        .reverse()
        .map((name) => join(backupsDir, name))
    : [];

/**
 * Only a whole copy ever gets a backup's name; the oldest beyond three go. It reads every page, so a
 * damaged database never becomes a backup. Only one process at a time may make one.
 */
export const makeBackup = (db: SQLite.Database, backupsDir: string): string => {
  mkdirSync(backupsDir, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(backupsDir).filter((each) => each.endsWith(PART))) {
    rmSync(join(backupsDir, name));
  }
  const path = join(backupsDir, `pipeline-${new Date().toISOString().replaceAll(':', '-')}.db`);
  try {
    db.prepare('VACUUM INTO ?').run(path + PART);
    chmodSync(path + PART, 0o600);
    flush(path + PART);
    renameSync(path + PART, path);
  } finally {
    rmSync(path + PART, { force: true });
  }
  for (const old of listBackups(backupsDir).slice(BACKUPS_KEPT)) rmSync(old);
  return path;
};

/** One copy a day. */
export const isBackupDue = (backupsDir: string): boolean => {
  const [newest] = listBackups(backupsDir);
  return newest === undefined || Date.now() - statSync(newest).mtimeMs >= BETWEEN_BACKUPS_MS;
};

/** Puts a copy of the backup in the place of the database, whole or not at all; nobody may have it open. */
export const restoreBackup = (path: string, backup: string): void => {
  copyFileSync(backup, path + PART);
  chmodSync(path + PART, 0o600);
  flush(path + PART);
  // A log of the old file would be played into the new one.
  for (const suffix of SIDE_FILES) rmSync(path + suffix, { force: true });
  renameSync(path + PART, path);
};
