import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readMigrations } from './migration-files';
import { addJob, editedMigrations, MIGRATIONS, openIn, optionsIn, rawIn, withMigration } from './testing';
import { bundleWorker, type WorkerBundle } from './worker-bundle';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wanderung ü '));
});
afterEach(() => rmSync(folder, { recursive: true }));

const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const next = (sql: string): Promise<string> => withMigration(join(folder, 'next'), sql);

/** Every row of every table of the product, in words. */
const content = (): string => {
  const db = rawIn(folder);
  const tables = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
    .pluck()
    .all();
  const rows = tables.map((name) => [name, db.prepare(`SELECT * FROM "${String(name)}"`).all()]);
  db.close();
  return JSON.stringify(rows);
};

const fill = (): void => {
  const session = openIn(folder);
  const repositories = session.forUser(session.profile().id);
  const { job } = addJob(repositories);
  repositories.attempts.create({
    job_id: job.id,
    number: 1,
    pid: 1,
    process_started_at: null,
    boot_id: null,
  });
  repositories.records.appendLogs(job.id, 1, ['one', 'two']);
  session.close();
};

/** `training_jobs` as it is now, made anew with its rows, as SQLite's manual describes it. */
const rebuildJobs = async (): Promise<string> => {
  const sql = await readFile(join(MIGRATIONS, '0000_foundation.sql'), 'utf8');
  const statements = sql.split('--> statement-breakpoint').map((statement) => statement.trim());
  const table = statements.find((statement) => statement.startsWith('CREATE TABLE training_jobs')) ?? '';
  const others = statements.filter((statement) => / ON training_jobs\b/.test(statement));
  return [
    table.replace('CREATE TABLE training_jobs', 'CREATE TABLE training_jobs_new'),
    'INSERT INTO training_jobs_new SELECT * FROM training_jobs',
    'DROP TABLE training_jobs',
    'ALTER TABLE training_jobs_new RENAME TO training_jobs',
    ...others.filter((statement) => /^(--.*\n)*CREATE (UNIQUE )?(INDEX|TRIGGER)/.test(statement)),
  ].join('\n--> statement-breakpoint\n');
};

describe('a migration', () => {
  it('keeps every row of every child when it rebuilds the jobs (S08)', async () => {
    fill();
    const before = content();
    openIn(folder, await next(await rebuildJobs())).close();
    const history = /\["__drizzle_migrations".*?\]\],/;
    expect(content().replace(history, '')).toBe(before.replace(history, ''));
  });

  it('that is applied already changes nothing, and leaves no backup', () => {
    fill();
    const before = content();
    openIn(folder).close();
    openIn(folder).close();
    expect(content()).toBe(before);
    expect(readdirSync(folder)).not.toContain('backups');
  });

  it('leaves a private backup of what was there, and at most three', async () => {
    fill();
    const backups = join(folder, 'backups');
    mkdirSync(backups);
    for (const day of [1, 2, 3]) writeFileSync(join(backups, `pipeline-2020-01-0${day}.db`), '');
    writeFileSync(join(backups, 'pipeline-2020-01-04.db.part'), 'half a copy');
    openIn(folder, await next('CREATE TABLE more (id INTEGER);')).close();
    const kept = readdirSync(backups).sort();
    expect(kept).toEqual(['pipeline-2020-01-02.db', 'pipeline-2020-01-03.db', expect.any(String)]);
    expect(statSync(join(backups, kept[2] ?? '')).mode & 0o777).toBe(0o600);
  });

  it('that ends the transaction itself is undone from the backup', async () => {
    fill();
    const before = content();
    const sql = 'CREATE TABLE more (id INTEGER);\n--> statement-breakpoint\nDELETE FROM job_logs; COMMIT;';
    const path = await next(sql);
    expect(() => openIn(folder, path)).toThrow(code('migration_failed'));
    expect(content()).toBe(before);
  });

  it('of a newer version is left alone, to the last byte (S06)', async () => {
    openIn(folder, await next('CREATE TABLE from_the_future (id INTEGER);')).close();
    const state = () => {
      const bytes = readFileSync(join(folder, 'pipeline.db'));
      return [createHash('sha256').update(bytes).digest('hex'), readdirSync(folder).sort()];
    };
    const before = state();
    expect(() => openIn(folder)).toThrow(code('database_newer'));
    expect(state()).toEqual(before);
  });
});

describe('the shipped migrations', () => {
  it('fit together', () => {
    expect(readMigrations(MIGRATIONS).map(({ tag }) => tag)).toEqual([
      '0000_foundation',
      '0001_run_records',
      '0002_queue',
      '0003_immutable_versions',
      '0004_version_recipes',
      '0005_export_owner',
      '0006_attempt_receipt',
      '0007_version_files',
      '0008_problems_of_record',
    ]);
  });

  it('are the same steps with the line ends of Windows', async () => {
    const copy = join(folder, 'windows');
    await cp(MIGRATIONS, copy, { recursive: true });
    for (const { tag } of readMigrations(MIGRATIONS)) {
      const path = join(copy, `${tag}.sql`);
      await writeFile(path, (await readFile(path, 'utf8')).replaceAll('\n', '\r\n'));
    }
    expect(readMigrations(copy).map(({ hash }) => hash)).toEqual(
      readMigrations(MIGRATIONS).map(({ hash }) => hash),
    );
  });

  it.each([
    ['missing', (dir: string) => rmSync(join(dir, '0001_run_records.sql'))],
    ['not in the journal', (dir: string) => writeFileSync(join(dir, '0003_stray.sql'), '')],
    ['without a journal', (dir: string) => rmSync(join(dir, 'meta', '_journal.json'))],
  ])('are refused when one is %s (S09)', async (_what, spoil) => {
    const dir = await editedMigrations(join(folder, 'spoilt'), (journal) => journal);
    spoil(dir);
    expect(() => readMigrations(dir)).toThrow(code('migration_mismatch'));
    expect(() => openIn(folder, dir)).toThrow(code('migration_mismatch'));
  });

  it('are refused out of order, and when the database knows one that is gone (S09)', async () => {
    const swapped = await editedMigrations(join(folder, 'swapped'), ({ entries, ...rest }) => ({
      ...rest,
      entries: entries.toReversed(),
    }));
    expect(() => openIn(folder, swapped)).toThrow(code('migration_mismatch'));
    fill();
    const before = content();
    const shorter = await editedMigrations(join(folder, 'shorter'), ({ entries, ...rest }) => ({
      ...rest,
      entries: entries
        .filter(({ tag }) => tag !== '0001_run_records')
        .map((entry, idx) => ({ ...entry, idx })),
    }));
    rmSync(join(shorter, '0001_run_records.sql'));
    expect(() => openIn(folder, shorter)).toThrow(code('migration_mismatch'));
    expect(content()).toBe(before);
  });
});

const OPENER = `
const { Worker } = require('node:worker_threads');
const { url, options } = JSON.parse(process.argv[1]);
new Worker(new URL(url), { workerData: options }).on('message', (m) => process.stdout.write(JSON.stringify(m)));
`;

describe('a process that is killed in the middle of a migration (S07)', () => {
  let bundle: WorkerBundle;
  beforeAll(async () => {
    bundle = await bundleWorker();
  });
  afterAll(() => bundle.remove());

  const start = (migrationsDir: string): ChildProcess => {
    const argument = JSON.stringify({ url: bundle.url, options: optionsIn(folder, migrationsDir) });
    return spawn(process.execPath, ['-e', OPENER, argument], { stdio: ['ignore', 'pipe', 'inherit'] });
  };

  const logBytes = (): number =>
    statSync(join(folder, 'pipeline.db-wal'), { throwIfNoEntry: false })?.size ?? 0;

  const GROWING = `CREATE TABLE half (n INTEGER, text TEXT);
--> statement-breakpoint
DELETE FROM job_logs;
--> statement-breakpoint
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT 20000000)
INSERT INTO half SELECT n, hex(randomblob(100)) FROM numbers;`;

  it.each([1_000_000, 5_000_000, 20_000_000])(
    'leaves the old database, with %i bytes of the new one in its log',
    async (bytes) => {
      fill();
      const before = content();
      const child = start(await next(GROWING));
      const exited = once(child, 'exit');
      while (logBytes() < bytes && child.exitCode === null) await nextTurn();
      child.kill('SIGKILL');
      expect(await exited).toEqual([null, 'SIGKILL']);
      openIn(folder).close();
      expect(content()).toBe(before);
      const better = await withMigration(join(folder, 'better'), 'CREATE TABLE half (n INTEGER);');
      openIn(folder, better).close();
      expect(readdirSync(join(folder, 'backups')).filter((name) => name.endsWith('.part'))).toEqual([]);
    },
  );

  it('opens on its thread when nobody kills it', async () => {
    const child = start(MIGRATIONS);
    if (child.stdout === null) throw new Error('the child has no output');
    const [answer] = z.array(z.unknown()).parse(await once(child.stdout, 'data'));
    expect(JSON.parse(String(answer))).toEqual({ id: 0, ok: true, value: null });
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
});
