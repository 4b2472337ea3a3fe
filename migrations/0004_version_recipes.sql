-- What made a version from its source, what a dataset shows while it is the current one, and which one is:
-- to include every record again gives the content of an older version, which is then current again.

ALTER TABLE dataset_versions ADD COLUMN recipe TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(recipe));
--> statement-breakpoint
ALTER TABLE dataset_versions ADD COLUMN summary TEXT CHECK (json_valid(summary));
--> statement-breakpoint
ALTER TABLE datasets ADD COLUMN current_version_id TEXT REFERENCES dataset_versions(id) ON DELETE SET NULL;
--> statement-breakpoint
-- Until now the columns of a dataset were those of its newest version.
DROP TRIGGER refuse_dataset_version_change;
--> statement-breakpoint
UPDATE dataset_versions SET summary = (
  SELECT json_object(
    'kind', kind, 'format', format,
    'total_training_pairs', total_training_pairs, 'total_validation_pairs', total_validation_pairs,
    'avg_turns_per_conversation', avg_turns_per_conversation, 'validated_at', validated_at,
    'validation_errors', json(validation_errors), 'sample_data', json(sample_data), 'report', json(report)
  ) FROM datasets WHERE datasets.id = dataset_versions.dataset_id AND datasets.report IS NOT NULL
)
WHERE number = (SELECT max(number) FROM dataset_versions AS other WHERE other.dataset_id = dataset_versions.dataset_id);
--> statement-breakpoint
CREATE TRIGGER refuse_dataset_version_change BEFORE UPDATE ON dataset_versions
BEGIN
  SELECT RAISE(ABORT, 'dataset_version_immutable');
END;
