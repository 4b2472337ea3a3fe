import { FIELDS } from '../../setting-fields';
import type { NewRun } from './use-new-run';

/** `1 not valid: Epochs`; null where all can be meant. */
export const invalidWords = (errors: NewRun['errors']): string | null => {
  const labels = FIELDS.filter(({ key }) => errors[key] !== undefined).map(({ label }) => label);
  return labels.length === 0 ? null : `${labels.length} not valid: ${labels.join(', ')}`;
};

/** Why the run cannot start as it is filled in. */
export const startBlock = ({ missing, errors, name, mixture }: NewRun): string | null =>
  missing.data ??
  missing.model ??
  mixture.block ??
  invalidWords(errors) ??
  (name.trim() === '' ? 'The run has no name' : null);
