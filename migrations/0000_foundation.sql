-- The seven tables of section E01 on SQLite, and what hangs on their columns.
-- Lists that grow are lookup tables: widening a CHECK would rebuild a parent table.

CREATE TABLE users (
  id TEXT PRIMARY KEY NOT NULL DEFAULT (
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' ||
    substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
  ),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', created_at) IS created_at)
) STRICT;
--> statement-breakpoint
CREATE TABLE dataset_formats (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) <= 50)
) STRICT;
--> statement-breakpoint
INSERT INTO dataset_formats (id) VALUES
  ('brightrun_lora_v4'), ('brightrun_lora_v3'), ('turns'), ('chat'), ('sharegpt'), ('alpaca'),
  ('prompt_completion'), ('preference'), ('kto'), ('text'), ('table');
--> statement-breakpoint
CREATE TABLE notification_types (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) <= 50)
) STRICT;
--> statement-breakpoint
INSERT INTO notification_types (id) VALUES
  ('dataset_ready'), ('dataset_error'), ('job_queued'), ('job_started'), ('job_completed'), ('job_failed'),
  ('job_cancelled'), ('job_interrupted'), ('checkpoint_saved'), ('artifact_ready'), ('disk_low'), ('cost_alert');
--> statement-breakpoint
CREATE TABLE cost_types (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) <= 50)
) STRICT;
--> statement-breakpoint
INSERT INTO cost_types (id) VALUES ('training_compute'), ('energy'), ('storage');
--> statement-breakpoint
CREATE TABLE storage_roots (
  id TEXT PRIMARY KEY NOT NULL DEFAULT (
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' ||
    substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
  ),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('runs', 'models', 'exports')),
  path TEXT NOT NULL,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', created_at) IS created_at),
  UNIQUE (user_id, kind, path)
) STRICT;
--> statement-breakpoint
CREATE TABLE datasets (
  id TEXT PRIMARY KEY NOT NULL DEFAULT (
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' ||
    substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
  ),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  name TEXT NOT NULL COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 200),
  description TEXT,
  format TEXT NOT NULL DEFAULT 'brightrun_lora_v4' REFERENCES dataset_formats(id) ON DELETE RESTRICT,
  status TEXT NOT NULL DEFAULT 'uploading' CHECK (status IN ('uploading', 'validating', 'ready', 'error')),
  storage_bucket TEXT NOT NULL DEFAULT 'lora-datasets' CHECK (length(storage_bucket) <= 100),
  storage_path TEXT NOT NULL UNIQUE CHECK (length(storage_path) > 0 AND storage_path NOT LIKE '/%' AND storage_path NOT LIKE '%\%' AND storage_path NOT LIKE '_:%' AND storage_path NOT LIKE '%://%' AND '/' || storage_path || '/' NOT LIKE '%/../%'),
  file_name TEXT NOT NULL CHECK (length(file_name) <= 255),
  file_size INTEGER NOT NULL CHECK (file_size >= 0),
  total_training_pairs INTEGER CHECK (total_training_pairs >= 0),
  total_validation_pairs INTEGER CHECK (total_validation_pairs >= 0),
  total_tokens INTEGER CHECK (total_tokens >= 0),
  avg_turns_per_conversation REAL CHECK (avg_turns_per_conversation >= 0),
  avg_tokens_per_turn REAL CHECK (avg_tokens_per_turn >= 0),
  training_ready INTEGER NOT NULL DEFAULT 0 CHECK (training_ready IN (0, 1)),
  validated_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', validated_at) IS validated_at),
  validation_errors TEXT CHECK (json_valid(validation_errors)),
  sample_data TEXT CHECK (json_valid(sample_data)),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', created_at) IS created_at),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', updated_at) IS updated_at),
  deleted_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', deleted_at) IS deleted_at),
  kind TEXT NOT NULL DEFAULT 'sft' CHECK (kind IN ('sft', 'preference', 'kto', 'text')),
  report TEXT CHECK (json_valid(report)),
  notes TEXT,
  tags TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags) AND json_type(tags) = 'array'),
  verdict TEXT CHECK (length(verdict) <= 200),
  revision INTEGER NOT NULL DEFAULT 0
) STRICT;
--> statement-breakpoint
CREATE INDEX idx_datasets_user_id ON datasets(user_id);
--> statement-breakpoint
CREATE INDEX idx_datasets_status ON datasets(status) WHERE deleted_at IS NULL;
--> statement-breakpoint
CREATE INDEX idx_datasets_created_at ON datasets(created_at DESC);
--> statement-breakpoint
CREATE INDEX idx_datasets_by_date ON datasets(user_id, created_at DESC);
--> statement-breakpoint
CREATE INDEX idx_datasets_by_name ON datasets(user_id, name);
--> statement-breakpoint
CREATE INDEX idx_datasets_by_size ON datasets(user_id, file_size DESC);
--> statement-breakpoint
CREATE INDEX idx_datasets_by_pairs ON datasets(user_id, total_training_pairs DESC);
--> statement-breakpoint
CREATE TABLE base_models (
  id TEXT PRIMARY KEY NOT NULL DEFAULT (
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' ||
    substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
  ),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  name TEXT NOT NULL COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 300),
  path TEXT NOT NULL,
  architecture TEXT NOT NULL CHECK (length(architecture) <= 100),
  parameters INTEGER NOT NULL CHECK (parameters >= 0),
  size_bytes INTEGER NOT NULL DEFAULT 0 CHECK (size_bytes >= 0),
  fingerprint TEXT NOT NULL CHECK (length(fingerprint) = 64),
  hashes TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(hashes)),
  details TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(details)),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', created_at) IS created_at),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', updated_at) IS updated_at),
  deleted_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', deleted_at) IS deleted_at),
  revision INTEGER NOT NULL DEFAULT 0,
  UNIQUE (user_id, path)
) STRICT;
--> statement-breakpoint
CREATE INDEX idx_base_models_by_name ON base_models(user_id, name);
--> statement-breakpoint
CREATE INDEX idx_base_models_fingerprint ON base_models(fingerprint);
--> statement-breakpoint
CREATE TABLE training_jobs (
  id TEXT PRIMARY KEY NOT NULL DEFAULT (
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' ||
    substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
  ),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  dataset_id TEXT NOT NULL REFERENCES datasets(id) ON DELETE RESTRICT,
  preset_id TEXT NOT NULL CHECK (preset_id IN ('conservative', 'balanced', 'aggressive', 'custom')),
  hyperparameters TEXT NOT NULL CHECK (json_valid(hyperparameters)),
  gpu_config TEXT NOT NULL CHECK (json_valid(gpu_config)),
  status TEXT NOT NULL DEFAULT 'queued' CHECK (status IN (
    'queued', 'initializing', 'running', 'paused', 'interrupted', 'completed', 'failed', 'cancelled'
  )),
  current_stage TEXT NOT NULL DEFAULT 'queued' CHECK (current_stage IN (
    'queued', 'preprocessing', 'model_loading', 'training', 'finalization'
  )),
  progress REAL NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
  current_epoch INTEGER NOT NULL DEFAULT 0 CHECK (current_epoch >= 0),
  total_epochs INTEGER NOT NULL CHECK (total_epochs >= 1),
  current_step INTEGER NOT NULL DEFAULT 0 CHECK (current_step >= 0),
  total_steps INTEGER CHECK (total_steps >= 1),
  current_metrics TEXT CHECK (json_valid(current_metrics)),
  queued_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', queued_at) IS queued_at),
  started_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', started_at) IS started_at),
  completed_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', completed_at) IS completed_at),
  estimated_completion_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', estimated_completion_at) IS estimated_completion_at),
  current_cost REAL NOT NULL DEFAULT 0 CHECK (current_cost >= 0),
  estimated_total_cost REAL NOT NULL CHECK (estimated_total_cost >= 0),
  final_cost REAL CHECK (final_cost >= 0),
  error_message TEXT,
  error_stack TEXT,
  retry_count INTEGER NOT NULL DEFAULT 0 CHECK (retry_count >= 0),
  external_job_id TEXT UNIQUE CHECK (length(external_job_id) <= 255),
  artifact_id TEXT REFERENCES model_artifacts(id),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', created_at) IS created_at),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', updated_at) IS updated_at),
  name TEXT NOT NULL COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 200),
  method TEXT NOT NULL DEFAULT 'sft' CHECK (method IN ('sft', 'dpo', 'orpo', 'kto', 'text')),
  base_model_id TEXT REFERENCES base_models(id) ON DELETE RESTRICT,
  base_model_fingerprint TEXT CHECK (length(base_model_fingerprint) = 64),
  retry_of TEXT REFERENCES training_jobs(id) ON DELETE SET NULL,
  init_artifact_id TEXT REFERENCES model_artifacts(id) ON DELETE SET NULL,
  position INTEGER NOT NULL DEFAULT 0,
  attempt INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0),
  last_seq INTEGER NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
  plan TEXT CHECK (json_valid(plan)),
  error_code TEXT CHECK (length(error_code) <= 100),
  error_hint TEXT,
  cancel_reason TEXT,
  storage_root_id TEXT REFERENCES storage_roots(id) ON DELETE RESTRICT,
  notes TEXT,
  tags TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags) AND json_type(tags) = 'array'),
  verdict TEXT CHECK (length(verdict) <= 200),
  revision INTEGER NOT NULL DEFAULT 0
) STRICT;
--> statement-breakpoint
CREATE INDEX idx_training_jobs_user_id ON training_jobs(user_id);
--> statement-breakpoint
CREATE INDEX idx_training_jobs_status ON training_jobs(status);
--> statement-breakpoint
CREATE INDEX idx_training_jobs_dataset_id ON training_jobs(dataset_id);
--> statement-breakpoint
CREATE INDEX idx_training_jobs_by_date ON training_jobs(user_id, created_at DESC);
--> statement-breakpoint
CREATE INDEX idx_training_jobs_queue ON training_jobs(user_id, position) WHERE status = 'queued';
--> statement-breakpoint
CREATE INDEX idx_training_jobs_base_model_id ON training_jobs(base_model_id);
--> statement-breakpoint
CREATE INDEX idx_training_jobs_artifact_id ON training_jobs(artifact_id);
--> statement-breakpoint
CREATE INDEX idx_training_jobs_retry_of ON training_jobs(retry_of);
--> statement-breakpoint
CREATE INDEX idx_training_jobs_init_artifact_id ON training_jobs(init_artifact_id);
--> statement-breakpoint
-- A diverged step is a fact: its loss is null and `non_finite` says what it was.
CREATE TABLE metrics_points (
  id TEXT PRIMARY KEY NOT NULL DEFAULT (
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' ||
    substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
  ),
  job_id TEXT NOT NULL REFERENCES training_jobs(id) ON DELETE CASCADE,
  timestamp TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', timestamp) IS timestamp),
  epoch INTEGER NOT NULL CHECK (epoch >= 0),
  step INTEGER NOT NULL CHECK (step >= 0),
  training_loss REAL,
  validation_loss REAL,
  learning_rate REAL NOT NULL,
  gradient_norm REAL,
  throughput REAL,
  gpu_utilization REAL,
  non_finite TEXT CHECK (non_finite IN ('nan', 'inf', '-inf')),
  attempt INTEGER NOT NULL DEFAULT 1 CHECK (attempt >= 1),
  tokens INTEGER CHECK (tokens >= 0),
  step_ms REAL CHECK (step_ms >= 0),
  extra TEXT CHECK (json_valid(extra)),
  CHECK (training_loss IS NOT NULL OR non_finite IS NOT NULL)
) STRICT;
--> statement-breakpoint
CREATE INDEX idx_metrics_points_job_id ON metrics_points(job_id);
--> statement-breakpoint
CREATE INDEX idx_metrics_points_timestamp ON metrics_points(job_id, timestamp DESC);
--> statement-breakpoint
CREATE UNIQUE INDEX idx_metrics_points_step ON metrics_points(job_id, step);
--> statement-breakpoint
CREATE TABLE model_artifacts (
  id TEXT PRIMARY KEY NOT NULL DEFAULT (
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' ||
    substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
  ),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  job_id TEXT UNIQUE REFERENCES training_jobs(id) ON DELETE RESTRICT,
  dataset_id TEXT REFERENCES datasets(id) ON DELETE RESTRICT,
  name TEXT NOT NULL COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 200),
  version TEXT NOT NULL DEFAULT '1.0.0' CHECK (length(version) <= 50),
  description TEXT,
  status TEXT NOT NULL DEFAULT 'stored' CHECK (status IN ('stored', 'active', 'archived')),
  deployed_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', deployed_at) IS deployed_at),
  quality_metrics TEXT NOT NULL CHECK (json_valid(quality_metrics)),
  training_summary TEXT NOT NULL CHECK (json_valid(training_summary)),
  configuration TEXT NOT NULL CHECK (json_valid(configuration)),
  artifacts TEXT NOT NULL CHECK (json_valid(artifacts)),
  parent_model_id TEXT REFERENCES model_artifacts(id),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', created_at) IS created_at),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', updated_at) IS updated_at),
  deleted_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', deleted_at) IS deleted_at),
  origin TEXT NOT NULL DEFAULT 'trained' CHECK (origin IN ('trained', 'imported')),
  base_model_id TEXT REFERENCES base_models(id) ON DELETE RESTRICT,
  base_model_fingerprint TEXT CHECK (length(base_model_fingerprint) = 64),
  source_step INTEGER CHECK (source_step >= 0),
  storage_root_id TEXT REFERENCES storage_roots(id) ON DELETE RESTRICT,
  storage_path TEXT CHECK (length(storage_path) > 0 AND storage_path NOT LIKE '/%' AND storage_path NOT LIKE '%\%' AND storage_path NOT LIKE '_:%' AND storage_path NOT LIKE '%://%' AND '/' || storage_path || '/' NOT LIKE '%/../%'),
  notes TEXT,
  tags TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags) AND json_type(tags) = 'array'),
  verdict TEXT CHECK (length(verdict) <= 200),
  revision INTEGER NOT NULL DEFAULT 0,
  CHECK (origin = 'imported' OR (job_id IS NOT NULL AND dataset_id IS NOT NULL))
) STRICT;
--> statement-breakpoint
CREATE INDEX idx_model_artifacts_user_id ON model_artifacts(user_id);
--> statement-breakpoint
CREATE INDEX idx_model_artifacts_job_id ON model_artifacts(job_id);
--> statement-breakpoint
CREATE INDEX idx_model_artifacts_by_date ON model_artifacts(user_id, created_at DESC);
--> statement-breakpoint
CREATE INDEX idx_model_artifacts_by_name ON model_artifacts(user_id, name);
--> statement-breakpoint
CREATE INDEX idx_model_artifacts_dataset_id ON model_artifacts(dataset_id, name);
--> statement-breakpoint
CREATE INDEX idx_model_artifacts_parent ON model_artifacts(parent_model_id);
--> statement-breakpoint
CREATE INDEX idx_model_artifacts_base_model_id ON model_artifacts(base_model_id);
--> statement-breakpoint
CREATE TABLE cost_records (
  id TEXT PRIMARY KEY NOT NULL DEFAULT (
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' ||
    substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
  ),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  job_id TEXT REFERENCES training_jobs(id) ON DELETE SET NULL,
  cost_type TEXT NOT NULL REFERENCES cost_types(id) ON DELETE RESTRICT,
  amount REAL NOT NULL,
  details TEXT CHECK (json_valid(details)),
  billing_period TEXT NOT NULL CHECK (date(billing_period) IS billing_period),
  recorded_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', recorded_at) IS recorded_at)
) STRICT;
--> statement-breakpoint
CREATE INDEX idx_cost_records_user_id ON cost_records(user_id);
--> statement-breakpoint
CREATE INDEX idx_cost_records_billing_period ON cost_records(user_id, billing_period DESC);
--> statement-breakpoint
CREATE INDEX idx_cost_records_job_id ON cost_records(job_id);
--> statement-breakpoint
CREATE TABLE notifications (
  id TEXT PRIMARY KEY NOT NULL DEFAULT (
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' ||
    substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
  ),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  type TEXT NOT NULL REFERENCES notification_types(id) ON DELETE RESTRICT,
  title TEXT NOT NULL CHECK (length(title) <= 200),
  message TEXT NOT NULL,
  priority TEXT NOT NULL DEFAULT 'medium' CHECK (priority IN ('low', 'medium', 'high', 'critical')),
  read INTEGER NOT NULL DEFAULT 0 CHECK (read IN (0, 1)),
  action_url TEXT,
  metadata TEXT CHECK (json_valid(metadata)),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', created_at) IS created_at),
  revision INTEGER NOT NULL DEFAULT 0
) STRICT;
--> statement-breakpoint
CREATE INDEX idx_notifications_user_id ON notifications(user_id);
--> statement-breakpoint
CREATE INDEX idx_notifications_read ON notifications(user_id, read, created_at DESC);
--> statement-breakpoint
CREATE INDEX idx_notifications_by_date ON notifications(user_id, created_at DESC);
--> statement-breakpoint
-- A trigger's own update carries another revision, so that it never calls itself.
CREATE TRIGGER update_datasets_updated_at AFTER UPDATE ON datasets FOR EACH ROW WHEN NEW.revision IS OLD.revision
BEGIN
  UPDATE datasets SET updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), revision = OLD.revision + 1 WHERE id = NEW.id;
END;
--> statement-breakpoint
CREATE TRIGGER update_training_jobs_updated_at AFTER UPDATE ON training_jobs FOR EACH ROW WHEN NEW.revision IS OLD.revision
BEGIN
  UPDATE training_jobs SET updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), revision = OLD.revision + 1 WHERE id = NEW.id;
END;
--> statement-breakpoint
CREATE TRIGGER update_model_artifacts_updated_at AFTER UPDATE ON model_artifacts FOR EACH ROW WHEN NEW.revision IS OLD.revision
BEGIN
  UPDATE model_artifacts SET updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), revision = OLD.revision + 1 WHERE id = NEW.id;
END;
--> statement-breakpoint
CREATE TRIGGER raise_base_models_revision AFTER UPDATE ON base_models FOR EACH ROW WHEN NEW.revision IS OLD.revision
BEGIN
  UPDATE base_models SET updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), revision = OLD.revision + 1 WHERE id = NEW.id;
END;
--> statement-breakpoint
CREATE TRIGGER raise_notifications_revision AFTER UPDATE ON notifications FOR EACH ROW WHEN NEW.revision IS OLD.revision
BEGIN
  UPDATE notifications SET revision = OLD.revision + 1 WHERE id = NEW.id;
END;
--> statement-breakpoint
-- The table "States" of the data model.
CREATE TRIGGER refuse_training_job_transition BEFORE UPDATE OF status ON training_jobs
WHEN NEW.status <> OLD.status AND (OLD.status || ' > ' || NEW.status) NOT IN (
  'queued > initializing', 'queued > cancelled',
  'initializing > running', 'initializing > paused', 'initializing > interrupted',
  'initializing > failed', 'initializing > cancelled',
  'running > completed', 'running > paused', 'running > interrupted', 'running > failed', 'running > cancelled',
  'paused > queued', 'paused > cancelled',
  'interrupted > queued', 'interrupted > cancelled',
  'failed > queued'
)
BEGIN
  SELECT RAISE(ABORT, 'job_transition_refused');
END;
