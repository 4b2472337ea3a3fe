import { api } from '../../api';
import type { ModelArtifact } from '../../lib/types/model-artifact';
import { mapLoaded, useLive } from '../../live-store';
import type { Loaded } from '../../live-store';
import { models, putAwayModels } from '../../stores';

const newestFirst = (left: ModelArtifact, right: ModelArtifact): number =>
  (right.deleted_at ?? '').localeCompare(left.deleted_at ?? '');

/** The models that are out of sight, the last one first. */
export const usePutAway = (): Loaded<readonly ModelArtifact[]> =>
  mapLoaded(useLive(putAwayModels), (rows) =>
    [...rows.values()].filter(({ deleted_at }) => deleted_at !== null).sort(newestFirst),
  );

export const bringBack = async ({ id }: ModelArtifact): Promise<void> => {
  const model = await api.models.restore({ id });
  models.put(model);
  putAwayModels.put(model);
};
