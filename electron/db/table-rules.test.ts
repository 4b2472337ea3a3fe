import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type SQLite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { JOB_EVENTS, nextStatus } from '../../src/lib/training/job-states';
import * as types from '../../src/lib/types/lora-training';
import type { Repositories } from './repositories';
import { addJob, newArtifact, openNew, rawIn } from './testing';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let folder = '';
let db: SQLite.Database;
let repositories: Repositories;
let close: () => void;
let userId = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'foundation-'));
  const session = openNew(folder);
  userId = session.profile().id;
  repositories = session.forUser(userId);
  db = rawIn(folder);
  close = () => session.close();
});
afterEach(() => {
  db.close();
  close();
  rmSync(folder, { recursive: true });
});

const row = (sql: string, ...values: unknown[]) =>
  z.record(z.string(), z.unknown()).parse(db.prepare(sql).get(...values));

/** A row with what must be given; everything else is the table's own. */
const insert = (table: string, values: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const names = Object.keys(values);
  const sql = `INSERT INTO ${table} (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${names.map(() => '?').join(', ')}) RETURNING *`;
  return row(sql, ...Object.values(values));
};

const dataset = () => ({
  user_id: userId,
  name: 'Data',
  storage_path: `${userId}/${randomUUID()}/dataset.jsonl`,
  file_name: 'a.jsonl',
  file_size: 1,
});

const point = (jobId: string) => ({ job_id: jobId, epoch: 0, step: 1, training_loss: 1, learning_rate: 0.1 });

const WAY: Readonly<Record<types.JobStatus, readonly types.JobStatus[]>> = {
  queued: [],
  initializing: ['initializing'],
  running: ['initializing', 'running'],
  paused: ['initializing', 'paused'],
  interrupted: ['initializing', 'interrupted'],
  completed: ['initializing', 'running', 'completed'],
  failed: ['initializing', 'failed'],
  cancelled: ['cancelled'],
};

/** A job that has come to this status by the ways that are open. */
const at = (status: types.JobStatus): string => {
  const { job } = addJob(repositories);
  for (const step of WAY[status])
    db.prepare('UPDATE training_jobs SET status = ? WHERE id = ?').run(step, job.id);
  return job.id;
};

describe('the rules that the tables keep themselves', () => {
  it('makes a different version-4 UUID each time', () => {
    const ids = Array.from({ length: 200 }, () => insert('users', { name: 'x' })['id']);
    expect(new Set(ids).size).toBe(200);
    for (const id of ids) expect(id).toMatch(UUID_V4);
  });

  it.each([
    ['an empty name', { name: '' }],
    ['a name of 201 characters', { name: 'x'.repeat(201) }],
    ['an unknown status', { status: 'done' }],
    ['an unknown format', { format: 'csv' }],
    ['an unknown kind', { kind: 'other' }],
    ['a flag that is neither 0 nor 1', { training_ready: 2 }],
    ['JSON that does not parse', { sample_data: '{' }],
    ['tags that are no list', { tags: '{}' }],
    ['a file name of 256 characters', { file_name: 'x'.repeat(256) }],
    ['an absolute path', { storage_path: '/data/x' }],
    ['a path that leads upwards', { storage_path: 'a/../b' }],
    ['a path with backslashes', { storage_path: 'a\\b' }],
    ['a drive', { storage_path: 'C:/x' }],
    ['a URL', { storage_path: 'https://example.org/x' }],
    ['a time without milliseconds', { validated_at: '2026-01-01T00:00:00Z' }],
    ['a local time', { deleted_at: '2026-01-01 00:00:00' }],
    ['text where a number belongs', { file_size: 'large' }],
  ])('refuses a dataset with %s', (_what, values) => {
    expect(() => insert('datasets', { ...dataset(), ...values })).toThrow(/constraint|cannot store/i);
  });

  it('changes no version of a dataset, in no column', () => {
    const { version } = addJob(repositories);
    for (const name of Object.keys(version)) {
      const change = () => db.prepare(`UPDATE dataset_versions SET "${name}" = "${name}"`).run();
      expect(change, name).toThrow('dataset_version_immutable');
    }
  });

  it('keeps a step that was not finite as a fact, and no step without a loss', () => {
    const { job } = addJob(repositories);
    const broken = { ...point(job.id), training_loss: null };
    expect(() => insert('metrics_points', broken)).toThrow('CHECK');
    expect(insert('metrics_points', { ...broken, non_finite: 'nan' })).toMatchObject({ non_finite: 'nan' });
    expect(() => insert('metrics_points', point(job.id))).toThrow('UNIQUE');
  });

  it('lets only an imported model be without a job and a dataset', () => {
    const { model } = addJob(repositories);
    const imported = newArtifact({ job_id: null, dataset_id: null, base_model_id: model.id });
    expect(repositories.artifacts.create(imported).origin).toBe('imported');
    expect(() => repositories.artifacts.create({ ...imported, id: randomUUID(), origin: 'trained' })).toThrow(
      'CHECK',
    );
  });

  it('refuses every change of status that the table of states does not have, and no other', () => {
    for (const from of types.JobStatus.options) {
      const allowed = JOB_EVENTS.map((event) => nextStatus(from, event));
      for (const to of types.JobStatus.options) {
        const change = () => db.prepare('UPDATE training_jobs SET status = ? WHERE id = ?').run(to, at(from));
        if (from === to || allowed.includes(to))
          expect(change(), `${from} > ${to}`).toMatchObject({ changes: 1 });
        else expect(change, `${from} > ${to}`).toThrow('job_transition_refused');
      }
    }
  });
});
