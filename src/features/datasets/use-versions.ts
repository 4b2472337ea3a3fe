import { api } from '../../api';
import { FIRST_CHANGES } from '../../lib/types/dataset-versions';
import type { ChangesPage, DatasetVersion, VersionDiff } from '../../lib/types/dataset-versions';
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
  useLoad(`${id} ${from} ${to}`, () => api.datasets.diff({ id, from, to, ...FIRST_CHANGES }));

/** A page of the changes between two versions; the first one is known already. */
export const useChanges = (id: string, known: VersionDiff & { readonly to: number }, page: ChangesPage) => {
  const { from, to } = known;
  const isFirst = page.change === null && page.offset === 0;
  return useLoad(`${id} ${from} ${to} ${JSON.stringify(page)}`, async () =>
    isFirst ? known.records : (await api.datasets.diff({ id, from, to, ...page })).records,
  );
};
