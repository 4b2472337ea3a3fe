-- Where a run comes from and what it left behind, record by record.

CREATE TABLE dataset_versions (
  id TEXT PRIMARY KEY NOT NULL DEFAULT (
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' ||
    substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
  ),
  dataset_id TEXT NOT NULL REFERENCES datasets(id) ON DELETE CASCADE,
  number INTEGER NOT NULL CHECK (number >= 1),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  path TEXT NOT NULL CHECK (length(path) > 0 AND path NOT LIKE '/%' AND path NOT LIKE '%\%' AND path NOT LIKE '_:%' AND path NOT LIKE '%://%' AND '/' || path || '/' NOT LIKE '%/../%'),
  source_path TEXT CHECK (length(source_path) > 0 AND source_path NOT LIKE '/%' AND source_path NOT LIKE '%\%' AND source_path NOT LIKE '_:%' AND source_path NOT LIKE '%://%' AND '/' || source_path || '/' NOT LIKE '%/../%'),
  source_sha256 TEXT CHECK (length(source_sha256) = 64),
  records INTEGER NOT NULL CHECK (records >= 0),
  size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', created_at) IS created_at),
  UNIQUE (dataset_id, number),
  UNIQUE (dataset_id, sha256)
) STRICT;
--> statement-breakpoint
CREATE TRIGGER refuse_dataset_version_change BEFORE UPDATE OF dataset_id, number, sha256, path ON dataset_versions
BEGIN
  SELECT RAISE(ABORT, 'dataset_version_immutable');
END;
--> statement-breakpoint
CREATE TABLE dataset_problems (
  id INTEGER PRIMARY KEY,
  dataset_id TEXT NOT NULL REFERENCES datasets(id) ON DELETE CASCADE,
  line INTEGER NOT NULL CHECK (line >= 0),
  path TEXT,
  record_id TEXT,
  type TEXT NOT NULL CHECK (length(type) <= 50),
  severity TEXT NOT NULL CHECK (severity IN ('error', 'warning', 'info')),
  error TEXT NOT NULL,
  suggestion TEXT
) STRICT;
--> statement-breakpoint
CREATE INDEX idx_dataset_problems_line ON dataset_problems(dataset_id, line, id);
--> statement-breakpoint
CREATE INDEX idx_dataset_problems_type ON dataset_problems(dataset_id, type, line, id);
--> statement-breakpoint
CREATE TABLE job_datasets (
  job_id TEXT NOT NULL REFERENCES training_jobs(id) ON DELETE CASCADE,
  dataset_version_id TEXT NOT NULL REFERENCES dataset_versions(id) ON DELETE RESTRICT,
  weight REAL NOT NULL DEFAULT 1 CHECK (weight > 0),
  position INTEGER NOT NULL DEFAULT 0 CHECK (position >= 0),
  PRIMARY KEY (job_id, position),
  UNIQUE (job_id, dataset_version_id)
) STRICT;
--> statement-breakpoint
CREATE INDEX idx_job_datasets_version ON job_datasets(dataset_version_id);
--> statement-breakpoint
-- One process each, with the receipt of its environment.
CREATE TABLE job_attempts (
  job_id TEXT NOT NULL REFERENCES training_jobs(id) ON DELETE CASCADE,
  number INTEGER NOT NULL CHECK (number >= 1),
  pid INTEGER CHECK (pid > 0),
  process_started_at TEXT,
  boot_id TEXT,
  devices TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(devices)),
  versions TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(versions)),
  from_checkpoint TEXT,
  last_seq INTEGER NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
  started_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', started_at) IS started_at),
  ended_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', ended_at) IS ended_at),
  exit_code INTEGER,
  signal TEXT CHECK (length(signal) <= 20),
  end_reason TEXT CHECK (length(end_reason) <= 100),
  PRIMARY KEY (job_id, number)
) STRICT;
--> statement-breakpoint
CREATE TABLE hardware_samples (
  id INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES training_jobs(id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  timestamp TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', timestamp) IS timestamp),
  device_uuid TEXT,
  gpu_utilization REAL,
  gpu_memory_bytes INTEGER,
  gpu_temperature REAL,
  gpu_power_watts REAL
) STRICT;
--> statement-breakpoint
CREATE INDEX idx_hardware_samples_job_id ON hardware_samples(job_id, timestamp);
--> statement-breakpoint
CREATE TABLE evaluations (
  id INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES training_jobs(id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  step INTEGER NOT NULL CHECK (step >= 0),
  subject TEXT NOT NULL CHECK (subject IN ('base', 'adapter')),
  "group" TEXT NOT NULL CHECK (length("group") <= 200),
  loss REAL NOT NULL,
  tokens INTEGER NOT NULL CHECK (tokens >= 0),
  records INTEGER NOT NULL DEFAULT 0 CHECK (records >= 0),
  method TEXT NOT NULL,
  final INTEGER NOT NULL DEFAULT 0 CHECK (final IN (0, 1)),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', created_at) IS created_at)
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX idx_evaluations_row ON evaluations(job_id, step, subject, "group", final);
--> statement-breakpoint
CREATE TABLE prompt_sets (
  id TEXT PRIMARY KEY NOT NULL DEFAULT (
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' ||
    substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
  ),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  prompts TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(prompts) AND json_type(prompts) = 'array'),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', created_at) IS created_at),
  UNIQUE (user_id, name)
) STRICT;
--> statement-breakpoint
CREATE TABLE samples (
  id INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES training_jobs(id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  step INTEGER NOT NULL CHECK (step >= 0),
  prompt_id TEXT NOT NULL CHECK (length(prompt_id) <= 64),
  prompt TEXT NOT NULL,
  seed INTEGER NOT NULL,
  text TEXT NOT NULL,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', created_at) IS created_at)
) STRICT;
--> statement-breakpoint
-- The prompt belongs to the key: prompts that a person types in have no id of their own.
CREATE UNIQUE INDEX idx_samples_row ON samples(job_id, step, prompt_id, seed, prompt);
--> statement-breakpoint
CREATE TABLE job_events (
  id INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES training_jobs(id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0),
  seq INTEGER CHECK (seq >= 1),
  time TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', time) IS time),
  event TEXT NOT NULL CHECK (length(event) <= 50),
  severity TEXT NOT NULL DEFAULT 'info' CHECK (severity IN ('info', 'warning', 'error')),
  payload TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(payload))
) STRICT;
--> statement-breakpoint
CREATE INDEX idx_job_events_job_id ON job_events(job_id, id);
--> statement-breakpoint
CREATE UNIQUE INDEX idx_job_events_seq ON job_events(job_id, seq) WHERE seq IS NOT NULL;
--> statement-breakpoint
CREATE TABLE job_logs (
  id INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES training_jobs(id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0),
  time TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', time) IS time),
  stream TEXT NOT NULL DEFAULT 'stderr' CHECK (stream IN ('stdout', 'stderr', 'app')),
  line TEXT NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX idx_job_logs_job_id ON job_logs(job_id, id);
--> statement-breakpoint
CREATE TABLE checkpoints (
  id TEXT PRIMARY KEY NOT NULL DEFAULT (
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' ||
    substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
  ),
  job_id TEXT NOT NULL REFERENCES training_jobs(id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  step INTEGER NOT NULL CHECK (step >= 0),
  path TEXT NOT NULL CHECK (length(path) > 0 AND path NOT LIKE '/%' AND path NOT LIKE '%\%' AND path NOT LIKE '_:%' AND path NOT LIKE '%://%' AND '/' || path || '/' NOT LIKE '%/../%'),
  size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  validation_loss REAL,
  best INTEGER NOT NULL DEFAULT 0 CHECK (best IN (0, 1)),
  base_model_fingerprint TEXT CHECK (length(base_model_fingerprint) = 64),
  pruned_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', pruned_at) IS pruned_at),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', created_at) IS created_at)
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX idx_checkpoints_step ON checkpoints(job_id, step);
--> statement-breakpoint
CREATE TABLE exports (
  id TEXT PRIMARY KEY NOT NULL DEFAULT (
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' ||
    substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
  ),
  artifact_id TEXT NOT NULL REFERENCES model_artifacts(id) ON DELETE CASCADE,
  format TEXT NOT NULL CHECK (format IN ('adapter', 'zip', 'merged', 'gguf-adapter', 'gguf', 'ollama')),
  storage_root_id TEXT REFERENCES storage_roots(id) ON DELETE RESTRICT,
  path TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'running', 'completed', 'failed')),
  files TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(files)),
  verification TEXT CHECK (json_valid(verification)),
  error TEXT,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', created_at) IS created_at),
  completed_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', completed_at) IS completed_at),
  revision INTEGER NOT NULL DEFAULT 0
) STRICT;
--> statement-breakpoint
CREATE INDEX idx_exports_artifact_id ON exports(artifact_id, created_at DESC);
--> statement-breakpoint
CREATE TRIGGER raise_exports_revision AFTER UPDATE ON exports FOR EACH ROW WHEN NEW.revision IS OLD.revision
BEGIN
  UPDATE exports SET revision = OLD.revision + 1 WHERE id = NEW.id;
END;
