import { invalidWords } from './start-block';
import type { NewRun } from './use-new-run';

/** Why the recipe cannot be saved as it is filled in. */
export const saveBlock = ({ missing, errors, mixture, request }: NewRun): string | null =>
  invalidWords(errors) ??
  missing.data ??
  missing.model ??
  mixture.block ??
  (request === null ? 'The settings of the recipe are being read' : null);
