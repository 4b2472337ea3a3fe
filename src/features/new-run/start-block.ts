import type { PresetId } from '../../lib/types/lora-training';
import { misfitOf } from '../../lib/messages/misfit';
import { refusedRecordsOf } from '../../lib/messages/refused-run';
import { FIELDS } from '../../setting-fields';
import type { Estimates } from './use-estimates';
import type { NewRun } from './use-new-run';

/** `1 not valid: Epochs`; null where all can be meant. */
export const invalidWords = (errors: NewRun['errors']): string | null => {
  const labels = FIELDS.filter(({ key }) => errors[key] !== undefined).map(({ label }) => label);
  return labels.length === 0 ? null : `${labels.length} not valid: ${labels.join(', ')}`;
};

/** Where a run is known to stop, or the machine has no room for it; the service looks again when it is started. */
const refusalWords = (preset: PresetId, estimates: Estimates): string | null => {
  const state = estimates.of(preset);
  if (state.kind !== 'ready' || !estimates.isCurrent(preset)) return null;
  return (refusedRecordsOf(state.value) ?? misfitOf(state.value))?.message ?? null;
};

/** Why the run cannot start as it is filled in. */
export const startBlock = (
  { missing, errors, name, mixture, preset }: NewRun,
  estimates: Estimates,
): string | null =>
  missing.data ??
  missing.model ??
  mixture.block ??
  invalidWords(errors) ??
  (name.trim() === '' ? 'The run has no name' : refusalWords(preset, estimates));
