import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatabaseSession } from './session';
import { addJob, openIn, openNew, rawIn, withMigration } from './testing';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'schaden ü '));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = (suffix = ''): string => join(folder, `pipeline.db${suffix}`);
const kept = (): string[] => readdirSync(folder).filter((name) => name.includes('.damaged-'));
const code = (expected: string): unknown => expect.objectContaining({ code: expected });

/** A database with a job in its backup, and one more since. */
const fill = (): { readonly userId: string; readonly jobs: readonly string[] } => {
  const session = openNew(folder);
  const { id: userId } = session.profile();
  const first = addJob(session.forUser(userId)).job.id;
  session.backUpIfDue();
  const second = addJob(session.forUser(userId)).job.id;
  const lines = Array.from({ length: 200 }, () => 'x'.repeat(200));
  session.forUser(userId).records.appendLogs(second, 1, lines);
  session.close();
  return { userId, jobs: [first, second] };
};

const overwrite = (at: number, bytes: Buffer): void => {
  const file = openSync(path(), 'r+');
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
};

const jobsOf = (session: DatabaseSession): string[] => {
  const ids = session
    .forUser(session.profile().id)
    .jobs.list()
    .map(({ id }) => id);
  session.close();
  return ids;
};

const DAMAGES = [
  ['S01 a header of zeros', () => overwrite(0, Buffer.alloc(100))],
  ['S01 a text in its place', () => writeFileSync(path(), 'something else of the user')],
  ['S02 a truncated file', () => truncateSync(path(), Math.floor(statSync(path()).size / 2))],
  ['S02 a file cut in the middle of a page', () => truncateSync(path(), statSync(path()).size - 100)],
  ['S02 pages of garbage', () => overwrite(4096 * 3, Buffer.alloc(4096 * 5, 0xa7))],
] as const;

describe('a damaged database', () => {
  it.each(DAMAGES)('%s: gives way to its newest copy, is kept, and the user is told', (_what, damage) => {
    const { jobs } = fill();
    damage();
    const bytes = readFileSync(path());
    const session = openIn(folder);
    expect(session.notice).toMatchObject({
      code: 'database_restored',
    });
    expect(session.notice?.message).toMatch(
      /could not be read .*The copy of \d{4}-\d\d-\d\d \d\d:\d\d was put/,
    );
    expect(session.notice?.hint).toContain(kept()[0]);
    expect(jobsOf(session)).toEqual([jobs[0]]);
    expect(readFileSync(join(folder, kept()[0] ?? '')).equals(bytes)).toBe(true);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    const again = openIn(folder);
    expect(again.notice).toBeNull();
    again.close();
  });

  it('passes over copies that are damaged too', () => {
    const { jobs } = fill();
    writeFileSync(join(folder, 'backups', 'pipeline-2999-01-01.db'), 'no copy');
    overwrite(0, Buffer.alloc(100));
    expect(jobsOf(openIn(folder))).toEqual([jobs[0]]);
  });

  it('without a copy is kept, and a new one belongs to whom the files belong', () => {
    const owner = randomUUID();
    mkdirSync(join(folder, 'storage', 'lora-datasets', owner), { recursive: true });
    writeFileSync(path(), 'no database');
    const session = openIn(folder);
    expect(session.notice?.message).toContain('there was no copy of it');
    expect(session.profile().id).toBe(owner);
    session.close();
    expect(kept()).toHaveLength(1);
  });

  it.each([0, undefined])('S03 an empty or missing one beside runs is no first run (%s bytes)', (size) => {
    const { jobs } = fill();
    mkdirSync(join(folder, 'runs', jobs[0] ?? ''), { recursive: true });
    if (size === undefined) rmSync(path());
    else truncateSync(path(), size);
    const session = openIn(folder);
    expect(session.notice).toEqual(code('database_restored'));
    expect(jobsOf(session)).toEqual([jobs[0]]);
    expect(existsSync(join(folder, 'rebuild-pending'))).toBe(true);
  });

  it('S03 an empty one in an unused folder is a first run', () => {
    writeFileSync(path(), '');
    const session = openIn(folder);
    expect(session.notice).toBeNull();
    session.close();
  });

  it('goes on where a killed process had stopped putting the copy in its place', () => {
    const { jobs } = fill();
    writeFileSync(join(folder, 'rebuild-pending'), '');
    rmSync(path());
    writeFileSync(path('.part'), 'half a copy');
    expect(jobsOf(openIn(folder))).toEqual([jobs[0]]);
  });

  it('is not taken for one because another process has locked it (S05)', () => {
    fill();
    const other = rawIn(folder);
    other.pragma('journal_mode = delete');
    other.exec('BEGIN EXCLUSIVE');
    const started = performance.now();
    expect(() => openIn(folder)).toThrow(code('database_locked'));
    expect(performance.now() - started).toBeGreaterThan(4500);
    other.close();
    expect(kept()).toEqual([]);
  }, 20_000);
});

describe('the log of a database (S04)', () => {
  /** As a killed process leaves it: the log holds what the file does not. */
  const killed = (): { readonly jobs: string[]; restore: () => void } => {
    fill();
    const session = openIn(folder);
    const repositories = session.forUser(session.profile().id);
    addJob(repositories);
    const jobs = repositories.jobs.list().map(({ id }) => id);
    const files = ['', '-wal', '-shm'].map((suffix) => [path(suffix), readFileSync(path(suffix))] as const);
    session.close();
    return { jobs, restore: () => files.forEach(([file, bytes]) => writeFileSync(file, bytes)) };
  };

  it('is played in after a kill, without a word', () => {
    const { jobs, restore } = killed();
    restore();
    const session = openIn(folder);
    expect(session.notice).toBeNull();
    expect(jobsOf(session)).toEqual(jobs);
  });

  it('that was deleted costs the latest changes, and the user is told', () => {
    const { jobs, restore } = killed();
    restore();
    rmSync(path('-wal'));
    const session = openIn(folder);
    expect(session.notice).toEqual(code('database_log_missing'));
    expect(jobsOf(session)).toHaveLength(jobs.length - 1);
    expect(kept()).toEqual([]);
  });

  it('of another database is not played in, is kept, and the user is told', async () => {
    const { jobs, restore } = killed();
    restore();
    const other = mkdtempSync(join(tmpdir(), 'other-'));
    const far = openIn(other, await withMigration(join(other, 'next'), 'CREATE TABLE far (id INTEGER);'));
    const checkpoint = rawIn(other);
    checkpoint.pragma('wal_checkpoint(TRUNCATE)');
    checkpoint.close();
    const theirs = far.forUser(far.profile().id);
    const { job } = addJob(theirs);
    theirs.records.appendLogs(
      job.id,
      1,
      Array.from({ length: 200 }, () => 'y'.repeat(500)),
    );
    copyFileSync(join(other, 'pipeline.db-wal'), path('-wal'));
    rmSync(path('-shm'));
    far.close();
    rmSync(other, { recursive: true });
    const session = openIn(folder);
    expect(session.notice).toEqual(code('database_log_refused'));
    expect(jobsOf(session)).toHaveLength(jobs.length - 1);
    expect(kept().some((name) => name.endsWith('-wal'))).toBe(true);
  });
});

describe('a copy of the database', () => {
  it('is made once a day, is private, and never of a damaged file', () => {
    fill();
    const copies = () => readdirSync(join(folder, 'backups')).sort();
    const [first = ''] = copies();
    const session = openIn(folder);
    session.backUpIfDue();
    expect(copies()).toEqual([first]);
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
    utimesSync(join(folder, 'backups', first), yesterday, yesterday);
    session.backUpIfDue();
    expect(copies()).toHaveLength(2);
    expect(statSync(join(folder, 'backups', copies()[1] ?? '')).mode & 0o777).toBe(0o600);
    session.close();
  });
});

describe('a folder that cannot be used', () => {
  it('is named: a file stands in its place', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => openIn(join(folder, 'file'))).toThrow(code('database_unwritable'));
  });

  it.skipIf(process.getuid?.() === 0)('is named: it is read-only', () => {
    fill();
    chmodSync(folder, 0o500);
    expect(() => openIn(folder)).toThrow(code('database_unwritable'));
    chmodSync(folder, 0o700);
    expect(kept()).toEqual([]);
  });
});
