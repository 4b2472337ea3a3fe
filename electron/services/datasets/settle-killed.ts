import type { Dataset } from '../../../src/lib/types/lora-training';
import type { AsyncRepositories } from '../../db/async-repositories';
import type { DatasetPaths } from './dataset-paths';
import { announcedOf } from './announced-version';
import { sweepDeadStaging } from './staging';

interface Settled {
  readonly repositories: Pick<AsyncRepositories, 'datasetVersions'>;
  readonly paths: DatasetPaths;
}

/**
 * What a killed process left of a dataset: a version's folder that it announced and that never got its row, a current file that
 * still has the name of the version before, staging. Answers whether a living process is at work on it.
 */
export function settleKilled(options: Settled, { id, status }: Dataset): Promise<boolean> {
  const { repositories, paths } = options;
  return sweepDeadStaging(paths.datasetDir(id), async () => {
    if (status !== 'ready') return;
    await removeUnrecorded(options, id, await announcedOf(paths.datasetDir(id)));
    const version = await repositories.datasetVersions.current(id);
    if (version !== null) await paths.makeCurrent(id, version.path);
  });
}

/**
 * Of what edits have announced. Such a folder would be taken for the version that has the same records, though
 * it is of another source. One that nobody announced is kept, row or not: rows can be lost, and are read in again.
 */
export async function removeUnrecorded(
  { repositories, paths }: Settled,
  id: string,
  announced: readonly string[],
): Promise<void> {
  if (announced.length === 0) return;
  const recorded = new Set((await repositories.datasetVersions.list(id)).map(({ sha256 }) => sha256));
  for (const sha256 of announced) if (!recorded.has(sha256)) await paths.removeVersion(id, sha256);
}
