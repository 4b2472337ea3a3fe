import type { Dataset } from '../../lib/types/lora-training';

/** Why the dataset that the page was opened for cannot be taken. */
export const missingData = (row: Dataset | undefined): string => {
  if (!row || row.deleted_at !== null) return 'The dataset of this run is gone; choose another.';
  return row.status === 'uploading' || row.status === 'validating'
    ? `“${row.name}” is still being imported; wait, or choose another.`
    : `“${row.name}” has no record to train on; choose another.`;
};

export const MISSING_RUN = 'The run to repeat is gone; choose a dataset.';

export const MISSING_MODEL = 'The base model of this run is gone; choose another.';
