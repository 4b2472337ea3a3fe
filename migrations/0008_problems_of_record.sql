-- The problems of one record are asked for whenever it is looked at; a dataset may have a hundred thousand.

CREATE INDEX idx_dataset_problems_record ON dataset_problems(dataset_id, record_id, line, id);
