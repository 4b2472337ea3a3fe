import { api } from '../../api';
import { FIRST_CHANGES, hasMoreChanges } from '../../lib/types/dataset-versions';
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

/** A difference of which the first changes are known, and how more of them are asked for. */
export interface Difference {
  /** What is compared, as a key. */
  readonly of: string;
  readonly known: VersionDiff;
  readonly ask: (page: ChangesPage) => Promise<VersionDiff>;
}

const fitting = ({ known }: Difference, { change }: ChangesPage) =>
  known.records.filter((record) => change === null || record.change === change);

/** A page of the changes; nothing is asked of those that are known already. */
export const useChanges = (difference: Difference, page: ChangesPage) => {
  const { of, known, ask } = difference;
  const isKnown = page.offset === 0 && (page.change === null || !hasMoreChanges(known));
  return useLoad(`${of} ${JSON.stringify(page)}`, async () =>
    isKnown ? fitting(difference, page) : (await ask(page)).records,
  );
};
