import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { z } from 'zod';
import { HYPERPARAMETER_PRESETS } from '../../src/lib/types/lora-training';
import type { TrainingSettings } from '../../src/lib/types/training-settings';
import type { Repositories } from './repositories';
import type { NewArtifact, NewExport } from './repositories/artifacts';
import type { NewJobRow } from './repositories/jobs';
import { migrateGuarded } from './migrate';
import { openConnection } from './open';
import { DatabaseSession, type SessionOptions } from './session';

export const MIGRATIONS = join(import.meta.dirname, '..', '..', 'migrations');
export const SHA = 'a'.repeat(64);

export const optionsIn = (folder: string, migrationsDir = MIGRATIONS): SessionOptions => ({
  path: join(folder, 'pipeline.db'),
  migrationsDir,
  backupsDir: join(folder, 'backups'),
});

export const openIn = (folder: string, migrationsDir = MIGRATIONS): DatabaseSession =>
  new DatabaseSession(optionsIn(folder, migrationsDir));

const newDatabase = (): Buffer => {
  const folder = mkdtempSync(join(tmpdir(), 'new-database-'));
  const options = optionsIn(folder);
  const db = openConnection(options);
  migrateGuarded(db, options);
  db.close();
  const bytes = readFileSync(options.path);
  rmSync(folder, { recursive: true });
  return bytes;
};

let made: Buffer | undefined;

/**
 * A database as the migrations make it, where there is none yet. They run once and not for each of a
 * thousand tests; their own tests call `openIn`.
 */
export const readyIn = (folder: string): SessionOptions => {
  const options = optionsIn(folder);
  made ??= newDatabase();
  if (!existsSync(options.path)) writeFileSync(options.path, made, { mode: 0o600 });
  return options;
};

export const openNew = (folder: string): DatabaseSession => new DatabaseSession(readyIn(folder));

/** The bare file, past every repository. */
export const rawIn = (folder: string): SQLite.Database => {
  const db = new SQLite(join(folder, 'pipeline.db'));
  db.pragma('foreign_keys = ON');
  return db;
};

export const addUser = (folder: string, name: string): string => {
  const db = rawIn(folder);
  const id = randomUUID();
  db.prepare('INSERT INTO users (id, name) VALUES (?, ?)').run(id, name);
  db.close();
  return id;
};

const Journal = z.looseObject({ entries: z.array(z.looseObject({ tag: z.string(), when: z.number() })) });
type Journal = z.infer<typeof Journal>;

/** A copy of the shipped migrations whose journal was changed. */
export const editedMigrations = async (
  folder: string,
  edit: (journal: Journal) => Journal,
): Promise<string> => {
  await cp(MIGRATIONS, folder, { recursive: true });
  const path = join(folder, 'meta', '_journal.json');
  const journal = Journal.parse(JSON.parse(await readFile(path, 'utf8')));
  await writeFile(path, JSON.stringify(edit(journal)));
  return folder;
};

/** The shipped migrations and one more, as the next version would bring it. */
export const withMigration = async (folder: string, sql: string): Promise<string> => {
  const entry = { version: '6', when: 1_900_000_000_000, tag: '9999_next', breakpoints: true };
  await editedMigrations(folder, ({ entries, ...rest }) => ({
    ...rest,
    entries: [...entries, { ...entry, idx: entries.length }],
  }));
  await writeFile(join(folder, '9999_next.sql'), sql);
  return folder;
};

const SETTINGS: TrainingSettings = {
  ...HYPERPARAMETER_PRESETS.balanced,
  weight_decay: 0,
  warmup_steps: null,
  max_steps: null,
  gradient_accumulation_steps: 1,
  max_length: 512,
  lr_scheduler: 'cosine',
  warmup_ratio: 0.03,
  max_grad_norm: 1,
  seed: 42,
  validation_share: 0.1,
  eval_steps: null,
  save_steps: null,
  save_total_limit: 3,
  early_stopping_patience: null,
  early_stopping_min_delta: 0,
  target_modules: 'all-linear',
  method: 'sft',
  loss_scope: 'auto',
  precision: 'auto',
  packing: 'auto',
  variant: 'lora',
  optimizer: 'adamw',
  beta: 0.1,
  max_hours: null,
  max_energy_kwh: null,
  collapse: 'auto',
  quantization: 'none',
  stratify: 'auto',
  processes: 1,
};

export const addDataset = (repositories: Repositories) => {
  const id = randomUUID();
  const dataset = repositories.datasets.create({
    id,
    name: 'One',
    storage_path: `owner/${id}/dataset.jsonl`,
    file_name: 'a.jsonl',
    file_size: 3,
  });
  const version = repositories.datasetVersions.create({
    dataset_id: id,
    sha256: SHA,
    path: `owner/${id}/versions/${SHA}/dataset.jsonl`,
    source_path: null,
    source_sha256: null,
    records: 10,
    size_bytes: 3,
  });
  return { dataset, version };
};

export const addBaseModel = (repositories: Repositories) =>
  repositories.baseModels.upsert({
    name: 'tiny',
    path: `/models/${randomUUID()}`,
    architecture: 'LlamaForCausalLM',
    parameters: 1000,
    dtype: 'bfloat16',
    size_bytes: 2000,
    fingerprint: SHA,
    has_chat_template: true,
    max_position_embeddings: 2048,
    config: {
      hidden_size: 8,
      intermediate_size: 16,
      num_hidden_layers: 2,
      num_attention_heads: 2,
      num_key_value_heads: 1,
      head_dim: 4,
      vocab_size: 100,
      tie_word_embeddings: true,
    },
    bundled: false,
    checked_at: new Date().toISOString(),
  });

export const newJob = (ids: { dataset_id: string; base_model_id: string }): NewJobRow => ({
  ...ids,
  id: randomUUID(),
  name: 'Run',
  base_model_fingerprint: SHA,
  preset_id: 'balanced',
  method: 'sft',
  hyperparameters: SETTINGS,
  gpu_config: { gpu_type: 'cpu', num_gpus: 0, gpu_memory_gb: 0, cost_per_gpu_hour: 0 },
  total_epochs: 5,
  total_steps: 10,
  estimated_total_cost: 0,
  retry_of: null,
  retry_count: 0,
});

/** A dataset with a version, a base model and a waiting job. */
export const addJob = (repositories: Repositories) => {
  const { dataset, version } = addDataset(repositories);
  const model = addBaseModel(repositories);
  const job = repositories.jobs.create(newJob({ dataset_id: dataset.id, base_model_id: model.id }), [
    { dataset_version_id: version.id },
  ]);
  return { dataset, version, model, job };
};

export const newExport = (artifact_id: string): NewExport => ({
  artifact_id,
  format: 'zip',
  path: '/tmp/a.zip',
  owner: { pid: 1, process_started_at: 'start', boot_id: 'boot' },
});

export const newArtifact = (ids: {
  job_id: string | null;
  dataset_id: string | null;
  base_model_id: string;
}): NewArtifact => ({
  ...ids,
  id: randomUUID(),
  origin: ids.job_id === null ? 'imported' : 'trained',
  source_step: 10,
  base_model_fingerprint: SHA,
  name: 'Adapter',
  description: null,
  quality_metrics: {
    final_training_loss: 1,
    final_validation_loss: 1,
    best_epoch: 1,
    convergence_score: null,
    base_validation_loss: 2,
    perplexity: 2.7,
    base_perplexity: 7.4,
    held_out_records: 1,
    held_out_tokens: 5,
    precision: 'fp32',
    method: 'mean cross-entropy per trained token',
  },
  training_summary: {
    base_model_name: 'tiny',
    base_model_fingerprint: SHA,
    dataset_name: 'One',
    dataset_version_sha256: SHA,
    total_steps: 10,
    source_step: 10,
    attempts: 1,
    duration_ms: 1,
    train_records: 9,
    trainable_parameters: 10,
    peak_memory_bytes: 1,
    device: 'cpu',
  },
  configuration: SETTINGS,
  artifacts: [],
  parent_model_id: null,
  storage_path: `owner/${ids.job_id ?? 'imported'}`,
});
