-- What an attempt ran on and with, beside its devices and the versions of the packages.

ALTER TABLE job_attempts ADD COLUMN app_version TEXT;
--> statement-breakpoint
ALTER TABLE job_attempts ADD COLUMN lock_hash TEXT;
--> statement-breakpoint
ALTER TABLE job_attempts ADD COLUMN torch TEXT;
--> statement-breakpoint
ALTER TABLE job_attempts ADD COLUMN device_name TEXT;
--> statement-breakpoint
ALTER TABLE job_attempts ADD COLUMN driver TEXT;
--> statement-breakpoint
ALTER TABLE job_attempts ADD COLUMN precision TEXT CHECK (precision IN ('bf16', 'fp32'));
--> statement-breakpoint
ALTER TABLE job_attempts ADD COLUMN threads INTEGER CHECK (threads > 0);
