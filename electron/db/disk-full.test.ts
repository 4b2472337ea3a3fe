import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatabaseSession } from './session';
import { addJob, openIn, rawIn, withMigration } from './testing';

const [MOUNT, UNMOUNT] = ['mount', 'umount'] as const;

// A real drive of a few megabytes; only root may mount one.
const probe = mkdtempSync(join(tmpdir(), 'drive-'));
const canMount = spawnSync(MOUNT, ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe]).status === 0;
if (canMount) execFileSync(UNMOUNT, [probe]);
rmSync(probe, { recursive: true });

const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const LINES = Array.from({ length: 100 }, () => 'x'.repeat(8000));

describe.runIf(canMount)('a full disk (D02)', () => {
  let folder = '';
  let session: DatabaseSession;
  let jobId = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drive-'));
    execFileSync(MOUNT, ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', folder]);
    session = openIn(folder);
    jobId = addJob(session.forUser(session.profile().id)).job.id;
  });
  afterEach(() => {
    execFileSync(UNMOUNT, [folder]);
    rmSync(folder, { recursive: true });
  });

  const write = (): unknown =>
    session.run({
      user_id: session.profile().id,
      repository: 'records',
      method: 'appendLogs',
      args: [jobId, 1, LINES],
    });
  const fill = (): number => {
    for (let written = 0; ; written += LINES.length) {
      try {
        write();
      } catch (thrown) {
        expect(thrown).toEqual(code('disk_full'));
        return written;
      }
    }
  };
  const lines = (): unknown => {
    const db = rawIn(folder);
    const answer = [
      db.pragma('quick_check', { simple: true }),
      db.prepare('SELECT count(*) FROM job_logs').pluck().get(),
    ];
    db.close();
    return answer;
  };

  it('is said, loses nothing that was saved, and is over when there is room', () => {
    const written = fill();
    expect(lines()).toEqual(['ok', written]);
    execFileSync(MOUNT, ['-o', 'remount,size=32m', folder]);
    write();
    expect(lines()).toEqual(['ok', written + LINES.length]);
    session.close();
  });

  it('leaves no half copy behind', () => {
    fill();
    expect(() => session.backUpIfDue()).toThrow(code('disk_full'));
    expect(readdirSync(join(folder, 'backups'))).toEqual([]);
    session.close();
  });

  it('stops a migration before it begins, and the old database opens again', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'next-'));
    const next = await withMigration(join(elsewhere, 'm'), 'CREATE TABLE more (id INTEGER);');
    const written = fill();
    session.close();
    expect(() => openIn(folder, next)).toThrow(code('disk_full'));
    openIn(folder).close();
    expect(lines()).toEqual(['ok', written]);
    rmSync(elsewhere, { recursive: true });
  });
});
