import { methodsFor } from '../../../src/lib/training/methods';
import type { Dataset } from '../../../src/lib/types/lora-training';
import type { TrainingSettings } from '../../../src/lib/types/training-settings';
import { datasetInBin } from '../datasets/dataset-errors';
import { refused } from './refusals';

/** An epoch is laid out as a list of records, in memory and in the run's folder. */
const MOST_RECORDS = 2_000_000;

interface Part {
  readonly dataset: Dataset;
  readonly weight: number;
}

const refuseOtherKind = ({ name, kind }: Dataset, method: TrainingSettings['method']): void => {
  const methods = methodsFor(kind);
  if (methods.includes(method)) return;
  throw refused(
    'invalid_setting',
    `“${name}” is ${kind} data, and the method ${method} does not learn from it.`,
    `Set method to ${methods.join(' or ')}.`,
  );
};

const refuseTooMany = (parts: readonly Part[]): void => {
  const records = parts.reduce(
    (sum, { dataset, weight }) => sum + Math.round((dataset.report?.usable_records ?? 0) * weight),
    0,
  );
  if (parts.length === 1 || records <= MOST_RECORDS) return;
  throw refused(
    'invalid_setting',
    `An epoch of this mixture would see ${records.toLocaleString('en')} records; at most ${MOST_RECORDS.toLocaleString('en')} can be mixed.`,
    'Lower the weights.',
  );
};

/** The same for an estimate and for a start: what can be trained together, and by this method. */
export const refuseUnfit = (parts: readonly Part[], method: TrainingSettings['method']): void => {
  if (new Set(parts.map(({ dataset }) => dataset.id)).size < parts.length)
    throw refused('invalid_setting', 'A dataset is named twice in this run.', 'Give it a weight instead.');
  for (const { dataset } of parts) {
    if (dataset.deleted_at !== null) throw datasetInBin(dataset);
    refuseOtherKind(dataset, method);
  }
  refuseTooMany(parts);
};
