-- A version is immutable in every column: also its counts, its source and its date.

DROP TRIGGER refuse_dataset_version_change;
--> statement-breakpoint
CREATE TRIGGER refuse_dataset_version_change BEFORE UPDATE ON dataset_versions
BEGIN
  SELECT RAISE(ABORT, 'dataset_version_immutable');
END;
