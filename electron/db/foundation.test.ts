import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type SQLite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import * as types from '../../src/lib/types/lora-training';
import type { Repositories } from './repositories';
import { addJob, newArtifact, newExport, openIn, openNew, rawIn, SHA } from './testing';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

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

const column = (sql: string, ...values: unknown[]): unknown[] =>
  db
    .prepare(sql)
    .pluck()
    .all(...values);
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

const COLUMNS = {
  users: 'id name created_at',
  datasets:
    'id user_id name description format status storage_bucket storage_path file_name file_size total_training_pairs total_validation_pairs total_tokens avg_turns_per_conversation avg_tokens_per_turn training_ready validated_at validation_errors sample_data created_at updated_at deleted_at',
  training_jobs:
    'id user_id dataset_id preset_id hyperparameters gpu_config status current_stage progress current_epoch total_epochs current_step total_steps current_metrics queued_at started_at completed_at estimated_completion_at current_cost estimated_total_cost final_cost error_message error_stack retry_count external_job_id artifact_id created_at updated_at',
  metrics_points:
    'id job_id timestamp epoch step training_loss validation_loss learning_rate gradient_norm throughput gpu_utilization',
  model_artifacts:
    'id user_id job_id dataset_id name version description status deployed_at quality_metrics training_summary configuration artifacts parent_model_id created_at updated_at deleted_at',
  cost_records: 'id user_id job_id cost_type amount details billing_period recorded_at',
  notifications: 'id user_id type title message priority read action_url metadata created_at',
} as const;

describe('FR-1.1.1: All 7 database tables created successfully', () => {
  it.each(Object.entries(COLUMNS))('%s, with its columns in their order', (table, columns) => {
    const made = column('SELECT name FROM pragma_table_info(?)', table);
    expect(made.slice(0, columns.split(' ').length)).toEqual(columns.split(' '));
  });

  it('fills in the defaults', () => {
    const made = insert('datasets', dataset());
    expect(made).toMatchObject({
      id: matching(UUID_V4),
      format: 'brightrun_lora_v4',
      status: 'uploading',
      storage_bucket: 'lora-datasets',
      training_ready: 0,
      created_at: matching(TIME),
      updated_at: matching(TIME),
      deleted_at: null,
      revision: 0,
    });
    const { job } = addJob(repositories);
    expect(job).toMatchObject({
      status: 'queued',
      current_stage: 'queued',
      progress: 0,
      current_epoch: 0,
      current_step: 0,
      current_cost: 0,
      queued_at: matching(TIME),
    });
    const notice = { user_id: userId, type: 'job_started', title: 't', message: 'm' };
    expect(insert('notifications', notice)).toMatchObject({ priority: 'medium', read: 0 });
    expect(insert('metrics_points', point(job.id))).toMatchObject({ timestamp: matching(TIME) });
  });
});

const point = (jobId: string) => ({ job_id: jobId, epoch: 0, step: 1, training_loss: 1, learning_rate: 0.1 });

describe('FR-1.1.2: All indexes created on appropriate columns', () => {
  it.each([
    ['idx_datasets_user_id', 'ON datasets(user_id)'],
    ['idx_datasets_status', 'ON datasets(status) WHERE deleted_at IS NULL'],
    ['idx_datasets_created_at', 'ON datasets(created_at DESC)'],
    ['idx_training_jobs_user_id', 'ON training_jobs(user_id)'],
    ['idx_training_jobs_status', 'ON training_jobs(status)'],
    ['idx_training_jobs_dataset_id', 'ON training_jobs(dataset_id)'],
    ['idx_metrics_points_job_id', 'ON metrics_points(job_id)'],
    ['idx_metrics_points_timestamp', 'ON metrics_points(job_id, timestamp DESC)'],
    ['idx_model_artifacts_user_id', 'ON model_artifacts(user_id)'],
    ['idx_model_artifacts_job_id', 'ON model_artifacts(job_id)'],
    ['idx_cost_records_user_id', 'ON cost_records(user_id)'],
    ['idx_cost_records_billing_period', 'ON cost_records(user_id, billing_period DESC)'],
    ['idx_notifications_user_id', 'ON notifications(user_id)'],
    ['idx_notifications_read', 'ON notifications(user_id, read, created_at DESC)'],
  ])('%s', (name, definition) => {
    expect(column("SELECT sql FROM sqlite_master WHERE type = 'index' AND name = ?", name)).toEqual([
      `CREATE INDEX ${name} ${definition}`,
    ]);
  });

  it('sorts no list of the product by hand', () => {
    const plans = [
      'SELECT * FROM datasets WHERE user_id = ? ORDER BY created_at DESC',
      'SELECT * FROM datasets WHERE user_id = ? ORDER BY name',
      'SELECT * FROM training_jobs WHERE user_id = ? ORDER BY created_at DESC',
      "SELECT * FROM training_jobs WHERE user_id = ? AND status = 'queued' ORDER BY position",
      'SELECT * FROM model_artifacts WHERE user_id = ? ORDER BY created_at DESC',
      'SELECT * FROM metrics_points WHERE job_id = ? ORDER BY step',
      'SELECT * FROM dataset_problems WHERE dataset_id = ? ORDER BY line, id',
      'SELECT * FROM job_events WHERE job_id = ? ORDER BY id',
      'SELECT * FROM notifications WHERE user_id = ? ORDER BY created_at DESC',
    ].map((sql) => JSON.stringify(db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all('x')));
    for (const plan of plans) {
      expect(plan).toContain('USING INDEX');
      expect(plan).not.toContain('TEMP B-TREE');
    }
  });
});

describe('FR-1.1.3: RLS policies active and enforced on all user-facing tables', () => {
  it('binds every table with an owner: a repository of another user sees none of its rows', () => {
    const { job, dataset: made, model } = addJob(repositories);
    const session = openIn(folder);
    const stranger = session.forUser(randomUUID());
    expect(stranger.datasets.get(made.id)).toBeNull();
    expect(stranger.jobs.get(job.id)).toBeNull();
    expect(stranger.baseModels.get(model.id)).toBeNull();
    expect(stranger.artifacts.list()).toEqual([]);
    // Policy by policy: isolation.test.ts; those of storage: buckets.test.ts.
    session.close();
  });
});

describe('FR-1.1.4: Foreign key relationships established correctly', () => {
  it.each([
    ['datasets', 'user_id', 'users', 'CASCADE'],
    ['training_jobs', 'user_id', 'users', 'CASCADE'],
    ['training_jobs', 'dataset_id', 'datasets', 'RESTRICT'],
    ['training_jobs', 'artifact_id', 'model_artifacts', 'NO ACTION'],
    ['metrics_points', 'job_id', 'training_jobs', 'CASCADE'],
    ['model_artifacts', 'user_id', 'users', 'CASCADE'],
    ['model_artifacts', 'job_id', 'training_jobs', 'RESTRICT'],
    ['model_artifacts', 'dataset_id', 'datasets', 'RESTRICT'],
    ['model_artifacts', 'parent_model_id', 'model_artifacts', 'NO ACTION'],
    ['cost_records', 'user_id', 'users', 'CASCADE'],
    ['cost_records', 'job_id', 'training_jobs', 'SET NULL'],
    ['notifications', 'user_id', 'users', 'CASCADE'],
  ])('%s.%s refers to %s', (...key) => {
    const [table, from, target, action] = key;
    const found = db
      .prepare('SELECT "table" AS target, "to", on_delete FROM pragma_foreign_key_list(?) WHERE "from" = ?')
      .all(table, from);
    expect(found).toEqual([{ target, to: 'id', on_delete: action }]);
  });

  it('protects what is used, lets go of what is not, and deletes what hangs on it', () => {
    const { job, dataset: used } = addJob(repositories);
    insert('metrics_points', point(job.id));
    const cost = { user_id: userId, cost_type: 'energy', amount: 0.012, billing_period: '2026-01-01' };
    const { id: costId } = insert('cost_records', { ...cost, job_id: job.id });
    expect(() => db.prepare('DELETE FROM datasets WHERE id = ?').run(used.id)).toThrow('FOREIGN KEY');
    expect(repositories.outcomes.deleteJob(job.id)).toEqual({ artifact_ids: [] });
    expect(column('SELECT count(*) FROM metrics_points')).toEqual([0]);
    expect(row('SELECT job_id, amount FROM cost_records WHERE id = ?', costId)).toEqual({
      job_id: null,
      amount: 0.012,
    });
    expect(repositories.datasets.purge(used.id)).toBe(true);
  });

  it('deletes a job with its model, and keeps the models that were made from it', () => {
    const first = addJob(repositories);
    const ids = { job_id: first.job.id, dataset_id: first.dataset.id, base_model_id: first.model.id };
    const parent = repositories.artifacts.create(newArtifact(ids));
    const child = repositories.artifacts.create({
      ...newArtifact({ ...ids, job_id: null, dataset_id: null }),
      parent_model_id: parent.id,
    });
    repositories.exports.create(newExport(parent.id));
    expect(repositories.outcomes.deleteJob(first.job.id)).toEqual({ artifact_ids: [parent.id] });
    expect(repositories.artifacts.list().map(({ id }) => id)).toEqual([child.id]);
    expect(repositories.artifacts.get(child.id)?.parent_model_id).toBeNull();
    expect(db.pragma('foreign_key_check')).toEqual([]);
  });

  it.each(['initializing', 'running'] as const)('deletes no job that is %s, and nothing of it', (status) => {
    const { job, dataset: used, model } = addJob(repositories);
    const ids = { job_id: job.id, dataset_id: used.id, base_model_id: model.id };
    const kept = repositories.artifacts.create(newArtifact(ids));
    repositories.jobs.transition(job.id, { from: ['queued'], to: 'initializing' }, {});
    if (status === 'running')
      repositories.jobs.transition(job.id, { from: ['initializing'], to: status }, {});
    expect(repositories.outcomes.deleteJob(job.id)).toBeNull();
    expect(repositories.jobs.get(job.id)?.status).toBe(status);
    expect(repositories.artifacts.list().map(({ id }) => id)).toEqual([kept.id]);
  });
});

describe('FR-1.1.5: updated_at triggers working on datasets, training_jobs, model_artifacts', () => {
  it.each(['datasets', 'training_jobs', 'model_artifacts'] as const)('%s', (table) => {
    expect(
      column(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name = ?",
        `update_${table}_updated_at`,
      ),
    ).toHaveLength(1);
    const { job, dataset: used, model } = addJob(repositories);
    repositories.artifacts.create(
      newArtifact({ job_id: job.id, dataset_id: used.id, base_model_id: model.id }),
    );
    const early = '2000-01-01T00:00:00.000Z';
    const state = () => row(`SELECT revision, updated_at, name FROM ${table}`);
    const { revision } = z.object({ revision: z.number() }).parse(state());
    db.pragma('recursive_triggers = ON');
    db.prepare(`UPDATE ${table} SET name = 'Renamed', updated_at = ?`).run(early);
    expect(state()).toEqual({
      revision: revision + 1,
      updated_at: matching(TIME),
      name: 'Renamed',
    });
    expect(state()['updated_at']).not.toBe(early);
  });
});

// FR-1.1.6 and FR-1.1.7 are in electron/services/storage/buckets.test.ts, beside what they test.

describe('FR-1.1.8: TypeScript interfaces compile without errors', () => {
  it('and a row read from the database is what they say', () => {
    const { job, dataset: made } = addJob(repositories);
    expect(types.Dataset.parse(made)).toEqual(made);
    expect(types.TrainingJob.parse(job)).toEqual(job);
    expectTypeOf<types.Dataset['storage_path']>().toEqualTypeOf<string>();
    expectTypeOf<types.Dataset['deleted_at']>().toEqualTypeOf<string | null>();
    expectTypeOf<types.TrainingJob['gpu_config']>().toEqualTypeOf<types.GPUConfig>();
    expectTypeOf<types.TrainingJob['current_metrics']>().toEqualTypeOf<types.CurrentMetrics | null>();
    expectTypeOf<types.HyperparameterConfig['warmup_steps']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<types.ValidationError['line']>().toEqualTypeOf<number>();
    expectTypeOf<'uploading' | 'validating' | 'ready' | 'error'>().toEqualTypeOf<types.DatasetStatus>();
    expectTypeOf<
      'queued' | 'initializing' | 'running' | 'completed' | 'failed' | 'cancelled'
    >().toExtend<types.JobStatus>();
    expectTypeOf<'conservative' | 'balanced' | 'aggressive' | 'custom'>().toEqualTypeOf<types.PresetId>();
    expect(job.base_model_fingerprint).toBe(SHA);
  });
});

describe('FR-1.1.9: HYPERPARAMETER_PRESETS constant accessible and correctly typed', () => {
  it.each([
    ['conservative', 0.0001, 4, 3, 8, 16, 0.05],
    ['balanced', 0.0002, 8, 5, 16, 32, 0.1],
    ['aggressive', 0.0003, 16, 10, 32, 64, 0.1],
    ['custom', 0.0002, 8, 5, 16, 32, 0.1],
  ] as const)('%s', (...values) => {
    const [preset, learning_rate, batch_size, num_epochs, lora_rank, lora_alpha, lora_dropout] = values;
    const expected = { learning_rate, batch_size, num_epochs, lora_rank, lora_alpha, lora_dropout };
    expect(types.HYPERPARAMETER_PRESETS[preset]).toEqual({
      base_model: 'mistralai/Mistral-7B-v0.1',
      ...expected,
    });
    expectTypeOf(types.HYPERPARAMETER_PRESETS).toEqualTypeOf<
      Record<types.PresetId, types.HyperparameterConfig>
    >();
  });
});
