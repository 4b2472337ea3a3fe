-- Who runs the queue, on which card, and how the processes talk about it.

CREATE TABLE settings (
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  key TEXT NOT NULL CHECK (length(key) <= 100),
  value TEXT NOT NULL CHECK (json_valid(value)),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', updated_at) IS updated_at),
  PRIMARY KEY (user_id, key)
) STRICT;
--> statement-breakpoint
-- A job holds a device until `released_at`; the index is the lease.
CREATE TABLE job_devices (
  id INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES training_jobs(id) ON DELETE CASCADE,
  device_uuid TEXT NOT NULL CHECK (length(device_uuid) <= 100),
  leased_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', leased_at) IS leased_at),
  released_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', released_at) IS released_at)
) STRICT;
--> statement-breakpoint
CREATE INDEX idx_job_devices_job_id ON job_devices(job_id);
--> statement-breakpoint
CREATE UNIQUE INDEX idx_job_devices_lease ON job_devices(device_uuid) WHERE released_at IS NULL;
--> statement-breakpoint
-- One row: a process number alone may belong to another process after a restart.
CREATE TABLE queue_lease (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  owner_pid INTEGER NOT NULL CHECK (owner_pid > 0),
  owner_started_at TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  owner_kind TEXT NOT NULL CHECK (owner_kind IN ('app', 'cli')),
  acquired_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', acquired_at) IS acquired_at),
  renewed_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', renewed_at) IS renewed_at)
) STRICT;
--> statement-breakpoint
CREATE TABLE job_requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  job_id TEXT REFERENCES training_jobs(id) ON DELETE CASCADE,
  command TEXT NOT NULL CHECK (length(command) <= 50),
  payload TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(payload)),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', created_at) IS created_at),
  taken_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', taken_at) IS taken_at),
  answered_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', answered_at) IS answered_at),
  answer TEXT CHECK (json_valid(answer))
) STRICT;
--> statement-breakpoint
CREATE INDEX idx_job_requests_waiting ON job_requests(user_id, id) WHERE taken_at IS NULL;
--> statement-breakpoint
CREATE INDEX idx_job_requests_job_id ON job_requests(job_id);
