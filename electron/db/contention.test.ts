import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatabaseSession } from './session';
import { openNew, rawIn } from './testing';

const SQLITE = createRequire(import.meta.url).resolve('better-sqlite3');
const OWNER = { owner_pid: 1, owner_started_at: 'start', boot_id: 'boot', owner_kind: 'app' };

/** Writes without a pause until its input ends. */
const WRITER = `
const [, sqlite, path, user] = process.argv;
const db = new (require(sqlite))(path);
const write = db.prepare('INSERT INTO settings (user_id, key, value) VALUES (?, ?, 1)');
let ended = false;
process.stdin.on('end', () => { ended = true; }).resume();
let n = 0;
const go = () => { for (let i = 0; i < 20; i += 1) write.run(user, 'k' + (n += 1)); if (ended) db.close(); else setImmediate(go); };
go();
process.stdout.write('writing');
`;

let folder = '';
let session: DatabaseSession;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contention-'));
  session = openNew(folder);
});
afterEach(() => {
  session.close();
  rmSync(folder, { recursive: true });
});

const takeLease = (userId: string): unknown =>
  session.run({ user_id: userId, repository: 'lease', method: 'take', args: [OWNER, OWNER] });

describe('a database that another process writes to as well', () => {
  it('refuses nobody’s read-then-write because it was outrun', async () => {
    const { id } = session.profile();
    const path = join(folder, 'pipeline.db');
    const writer = spawn(process.execPath, ['-e', WRITER, SQLITE, path, id], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(writer.stdout, 'data');
    for (let time = 0; time < 200; time += 1) expect(takeLease(id)).toMatchObject(OWNER);
    writer.stdin.end();
    expect(await once(writer, 'exit')).toEqual([0, null]);
    expect(Object.keys(session.forUser(id).settings.all()).length).toBeGreaterThan(20);
  });

  it('says that it is locked, after five seconds, and changes nothing (S05)', () => {
    const { id } = session.profile();
    const other = rawIn(folder);
    other.exec('BEGIN IMMEDIATE');
    const started = performance.now();
    expect(() => takeLease(id)).toThrow(expect.objectContaining({ code: 'database_locked' }));
    expect(performance.now() - started).toBeGreaterThan(4500);
    other.exec('ROLLBACK');
    other.close();
    expect(session.forUser(id).lease.current()).toBeNull();
  });

  it('notices that another process has written', () => {
    const { id } = session.profile();
    const before = session.dataVersion();
    const other = rawIn(folder);
    other.prepare("INSERT INTO settings (user_id, key, value) VALUES (?, 'a', '1')").run(id);
    other.close();
    expect(session.dataVersion()).toBeGreaterThan(before);
  });
});
