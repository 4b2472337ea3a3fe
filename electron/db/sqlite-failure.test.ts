import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { namedFailure } from './sqlite-failure';

const closed = new SQLite.SqliteError('unable to open database file', 'SQLITE_CANTOPEN');

it('says that the disk is full where that is why the database cannot be opened', () => {
  // The system's own folder has no room for anything.
  expect(namedFailure(closed, '/proc/pipeline.db')).toMatchObject({ code: 'disk_full' });
  for (const path of [join(tmpdir(), 'pipeline.db'), join(tmpdir(), 'nowhere', 'pipeline.db'), undefined])
    expect(namedFailure(closed, path)).toMatchObject({ code: 'database_unwritable' });
});
