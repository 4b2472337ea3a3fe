import { api } from '../../api';
import type { DatasetVersion } from '../../lib/types/dataset-versions';
import type { Dataset } from '../../lib/types/lora-training';
import type { Loaded } from '../../live-store';
import { useLatestAnswer } from '../../latest-answer';
import { useLoad } from '../../use-load';

/** Newest first. The last answer stays while a change of the dataset is asked about. */
export const useVersions = ({ id, revision }: Dataset): Loaded<readonly DatasetVersion[]> =>
  useLatestAnswer({ id, revision }, (asked) => api.datasets.versions({ id: asked.id })).state;

export const currentOf = (versions: readonly DatasetVersion[]): DatasetVersion | undefined =>
  versions.find(({ is_current }) => is_current);

export const useVersionDiff = ({ id }: Dataset, { from, to }: { from: number; to: number }) =>
  useLoad(`${id} ${from} ${to}`, () => api.datasets.diff({ id, from, to }));
