-- A newer file can take the place of a dataset's original: each version says which file it was read from.
-- Until now all versions of a dataset were read from one.

DROP TRIGGER refuse_dataset_version_change;
--> statement-breakpoint
UPDATE dataset_versions SET summary = (
  SELECT json_set(dataset_versions.summary, '$.file_name', file_name, '$.file_size', file_size)
  FROM datasets WHERE datasets.id = dataset_versions.dataset_id
)
WHERE summary IS NOT NULL AND json_extract(summary, '$.file_name') IS NULL;
--> statement-breakpoint
CREATE TRIGGER refuse_dataset_version_change BEFORE UPDATE ON dataset_versions
BEGIN
  SELECT RAISE(ABORT, 'dataset_version_immutable');
END;
