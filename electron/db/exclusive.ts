import { existsSync, mkdirSync, statSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import SQLite from 'better-sqlite3';
import { AppError } from '../../src/lib/messages/app-error';
import type { ConnectionOptions } from './open';
import { isBusy } from './sqlite-failure';

const LOCK = '.lock';
/** Longer than a migration of a large database with its copy. */
const WAIT_MS = 30_000;

export interface Turn<Result> {
  readonly work: () => Result;
  readonly wait_ms?: number;
}

const tooLong = (wait_ms: number): AppError =>
  new AppError({
    code: 'database_opening',
    message: `Another process of Pipeline has been opening or copying the database for ${String(wait_ms / 1000)} seconds.`,
    hint: 'Wait until it is done, or close it, then try again.',
  });

/**
 * Work on the database's files that one process does at a time. A lock of SQLite on an empty file
 * beside it: the system lets go of it when a process dies, so that nothing is ever left locked.
 */
export const exclusively = <Result>(
  { path, nativeBinding }: ConnectionOptions,
  { work, wait_ms = WAIT_MS }: Turn<Result>,
): Result => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  empty(path + LOCK);
  const lock = new SQLite(path + LOCK, {
    timeout: wait_ms,
    ...(nativeBinding !== undefined && { nativeBinding }),
  });
  try {
    take(lock, wait_ms);
    return work();
  } finally {
    lock.close();
  }
};

/** Nothing of ours is ever in it, and SQLite locks no file whose content it cannot read. */
const empty = (file: string): void => {
  if (!existsSync(file)) return;
  const found = statSync(file);
  if (!found.isFile())
    throw new AppError({
      code: 'database_unwritable',
      message: `${file} should be an empty file and is none.`,
      hint: 'Move it away, then try again; nothing is kept in it.',
    });
  if (found.size > 0) truncateSync(file);
};

const take = (lock: SQLite.Database, wait_ms: number): void => {
  try {
    // Nothing is ever written to it, so that a full disk keeps nobody from opening what is there.
    lock.pragma('journal_mode = memory');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (thrown) {
    throw isBusy(thrown) ? tooLong(wait_ms) : thrown;
  }
};
