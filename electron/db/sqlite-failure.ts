import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import SQLite from 'better-sqlite3';
import { AppError } from '../../src/lib/messages/app-error';
import type { ErrorPayload } from '../../src/lib/types/system';

interface Rule extends ErrorPayload {
  /** Matched against SQLite's code and text; the first hit wins. */
  readonly when: RegExp;
}

const RULES: readonly Rule[] = [
  {
    when: /job_transition_refused/,
    code: 'job_transition_refused',
    message: 'The job cannot change into that state.',
    hint: 'It has moved on in the meantime: look at it again.',
  },
  {
    when: /dataset_version_immutable/,
    code: 'dataset_version_immutable',
    message: 'A version of a dataset cannot be changed.',
    hint: 'Import the file again, which makes a new version.',
  },
  {
    when: /^SQLITE_(BUSY|LOCKED)/,
    code: 'database_locked',
    message: 'Another process has kept the database locked for five seconds.',
    hint: 'Close other windows and commands of Pipeline, then try again.',
  },
  {
    when: /^SQLITE_FULL/,
    code: 'disk_full',
    message: 'The disk is full; the change was not saved.',
    hint: 'Free some space, then try again.',
  },
  {
    when: /^SQLITE_(CORRUPT|NOTADB)/,
    code: 'database_damaged',
    message: 'The database cannot be read: its file is damaged.',
    hint: 'Start Pipeline again: it puts the newest whole copy in its place and keeps this file.',
  },
  {
    when: /^SQLITE_(IOERR|CANTOPEN|READONLY)/,
    code: 'database_unwritable',
    message: 'The file of the database cannot be read or written.',
    hint: 'Check the data folder: its drive, its permissions, its free space.',
  },
];

/** Also to look at a database a few bytes have to be written. */
const FULL: ErrorPayload = {
  code: 'disk_full',
  message: 'The disk of the data folder is full, so the database can neither be read nor written.',
  hint: 'Free some space on it, then try again.',
};
const NEEDED_BYTES = 1024 * 1024;

const isDiskFull = (path: string): boolean => {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < NEEDED_BYTES;
  } catch {
    return false;
  }
};

/** Names a failure of SQLite with the database at `path`; anything else passes as it is. */
export const namedFailure = (thrown: unknown, path?: string): unknown => {
  const cause = thrown instanceof Error && thrown.cause instanceof SQLite.SqliteError ? thrown.cause : thrown;
  if (!(cause instanceof SQLite.SqliteError)) return thrown;
  const text = `${cause.code} ${cause.message}`;
  const rule = RULES.find(({ when }) => when.test(text));
  if (rule === undefined) return thrown;
  const isFull = rule.code === 'database_unwritable' && path !== undefined && isDiskFull(path);
  return new AppError(isFull ? FULL : rule);
};

/** Another process has the lock, or wrote between this transaction's first read and its first write. */
export const isBusy = (thrown: unknown): boolean =>
  thrown instanceof SQLite.SqliteError && thrown.code.startsWith('SQLITE_BUSY');
