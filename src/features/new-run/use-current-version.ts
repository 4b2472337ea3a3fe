import { api } from '../../api';
import type { Dataset } from '../../lib/types/lora-training';
import { useLoad } from '../../use-load';

/** The number of the version that a run made now would take; null until it is known. */
export const useCurrentVersion = ({ id, revision }: Dataset): number | null => {
  const { state } = useLoad(`versions ${id} ${String(revision)}`, () => api.datasets.versions({ id }));
  if (state.kind !== 'ready') return null;
  return state.value.find(({ is_current }) => is_current)?.number ?? null;
};
