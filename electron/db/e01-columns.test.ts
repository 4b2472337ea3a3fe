import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type SQLite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addJob, newArtifact, openNew, rawIn } from './testing';

const folder = mkdtempSync(join(tmpdir(), 'columns-'));
let db: SQLite.Database;
beforeAll(() => {
  const session = openNew(folder);
  const userId = session.profile().id;
  const repositories = session.forUser(userId);
  const { job, dataset, model } = addJob(repositories);
  repositories.artifacts.create(
    newArtifact({ job_id: job.id, dataset_id: dataset.id, base_model_id: model.id }),
  );
  session.close();
  db = rawIn(folder);
  db.prepare(
    'INSERT INTO metrics_points (job_id, epoch, step, training_loss, learning_rate) VALUES (?, 0, 1, 1, 1)',
  ).run(job.id);
  db.prepare(
    "INSERT INTO cost_records (user_id, cost_type, amount, billing_period) VALUES (?, 'energy', 1, '2026-01-01')",
  ).run(userId);
  db.prepare(
    "INSERT INTO notifications (user_id, type, title, message) VALUES (?, 'job_started', 't', 'm')",
  ).run(userId);
});
afterAll(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

/** E01's columns: its type, `!` where it says NOT NULL, then its default. */
const E01 = {
  datasets: `id UUID PK; user_id UUID !; name VARCHAR(200) !; description TEXT; format VARCHAR(50) 'brightrun_lora_v4';
    status VARCHAR(50) 'uploading'; storage_bucket VARCHAR(100) 'lora-datasets'; storage_path TEXT !; file_name VARCHAR(255) !;
    file_size BIGINT !; total_training_pairs INTEGER; total_validation_pairs INTEGER; total_tokens BIGINT;
    avg_turns_per_conversation DECIMAL; avg_tokens_per_turn DECIMAL; training_ready BOOLEAN 0; validated_at TIMESTAMPTZ;
    validation_errors JSONB; sample_data JSONB; created_at TIMESTAMPTZ NOW; updated_at TIMESTAMPTZ NOW; deleted_at TIMESTAMPTZ`,
  training_jobs: `id UUID PK; user_id UUID !; dataset_id UUID !; preset_id VARCHAR(50) !; hyperparameters JSONB !;
    gpu_config JSONB !; status VARCHAR(50) 'queued'; current_stage VARCHAR(50) 'queued'; progress DECIMAL 0;
    current_epoch INTEGER 0; total_epochs INTEGER !; current_step INTEGER 0; total_steps INTEGER; current_metrics JSONB;
    queued_at TIMESTAMPTZ NOW; started_at TIMESTAMPTZ; completed_at TIMESTAMPTZ; estimated_completion_at TIMESTAMPTZ;
    current_cost DECIMAL 0; estimated_total_cost DECIMAL !; final_cost DECIMAL; error_message TEXT; error_stack TEXT;
    retry_count INTEGER 0; external_job_id VARCHAR(255); artifact_id UUID; created_at TIMESTAMPTZ NOW; updated_at TIMESTAMPTZ NOW`,
  metrics_points: `id UUID PK; job_id UUID !; timestamp TIMESTAMPTZ NOW; epoch INTEGER !; step INTEGER !; training_loss DECIMAL;
    validation_loss DECIMAL; learning_rate DECIMAL !; gradient_norm DECIMAL; throughput DECIMAL; gpu_utilization DECIMAL`,
  model_artifacts: `id UUID PK; user_id UUID !; job_id UUID; dataset_id UUID; name VARCHAR(200) !; version VARCHAR(50) '1.0.0';
    description TEXT; status VARCHAR(50) 'stored'; deployed_at TIMESTAMPTZ; quality_metrics JSONB !; training_summary JSONB !;
    configuration JSONB !; artifacts JSONB !; parent_model_id UUID; created_at TIMESTAMPTZ NOW; updated_at TIMESTAMPTZ NOW;
    deleted_at TIMESTAMPTZ`,
  cost_records: `id UUID PK; user_id UUID !; job_id UUID; cost_type VARCHAR(50) !; amount DECIMAL !; details JSONB;
    billing_period DATE !; recorded_at TIMESTAMPTZ NOW`,
  notifications: `id UUID PK; user_id UUID !; type VARCHAR(50) !; title VARCHAR(200) !; message TEXT !; priority VARCHAR(20) 'medium';
    read BOOLEAN 0; action_url TEXT; metadata JSONB; created_at TIMESTAMPTZ NOW`,
} as const;

const SQLITE_TYPES: Readonly<Record<string, string>> = {
  DECIMAL: 'REAL',
  BIGINT: 'INTEGER',
  INTEGER: 'INTEGER',
  BOOLEAN: 'INTEGER',
};
const NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

const columns = Object.entries(E01).flatMap(([table, text]) =>
  text.split(';').map((entry) => {
    const [name = '', type = '', mark] = entry.trim().split(/\s+/);
    return { table, name, type, mark };
  }),
);

const Made = z.object({ type: z.string(), notnull: z.number(), dflt_value: z.string().nullable() });

describe('FR-1.1.1: every column of E01', () => {
  it.each(columns)('$table.$name is $type $mark', ({ table, name, type, mark }) => {
    const made = Made.parse(db.prepare('SELECT * FROM pragma_table_info(?) WHERE name = ?').get(table, name));
    expect(made.type).toBe(SQLITE_TYPES[type] ?? 'TEXT');
    // NOT NULL may be added where there is a default, and nowhere else.
    expect(made.notnull).toBe(mark === undefined ? 0 : 1);
    if (mark === undefined || mark === '!') expect(made.dflt_value).toBeNull();
    else if (mark === 'PK') expect(made.dflt_value).toContain('randomblob');
    else expect(made.dflt_value).toBe(mark === 'NOW' ? NOW : mark);
  });

  const limited = columns.flatMap(({ table, name, type }) => {
    const length = /^VARCHAR\((\d+)\)$/.exec(type)?.[1];
    return length === undefined ? [] : [{ table, name, length: Number(length) }];
  });
  it.each(limited)('$table.$name takes no more than $length characters', ({ table, name, length }) => {
    const change = () => db.prepare(`UPDATE ${table} SET ${name} = ?`).run('x'.repeat(length + 1));
    expect(change).toThrow(/constraint failed|job_transition_refused/);
  });

  const kinds = {
    JSONB: '{',
    TIMESTAMPTZ: '2026-01-01 00:00:00',
    DATE: '2026-13-01',
    BOOLEAN: 2,
    DECIMAL: 'x',
  };
  const typed = columns.flatMap(({ table, name, type }) => {
    const wrong = Object.entries(kinds).find(([kind]) => kind === type)?.[1];
    return wrong === undefined ? [] : [{ table, name, type, wrong }];
  });
  it.each(typed)('$table.$name takes nothing that is no $type', ({ table, name, wrong }) => {
    const change = () => db.prepare(`UPDATE ${table} SET ${name} = ?`).run(wrong);
    expect(change).toThrow(/constraint failed|cannot store/);
  });
});
