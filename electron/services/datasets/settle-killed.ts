import { join } from 'node:path';
import type { Dataset } from '../../../src/lib/types/lora-training';
import type { AsyncRepositories } from '../../db/async-repositories';
import type { DatasetPaths } from './dataset-paths';
import { listDir, sweepDeadStaging } from './staging';

interface Settled {
  readonly repositories: Pick<AsyncRepositories, 'datasetVersions'>;
  readonly paths: DatasetPaths;
}

/**
 * What a killed process left of a dataset: a version's folder that never got its row, a current file that
 * still has the name of the version before, staging. Answers whether a living process is at work on it.
 */
export function settleKilled(options: Settled, { id, status }: Dataset): Promise<boolean> {
  const { repositories, paths } = options;
  return sweepDeadStaging(paths.datasetDir(id), async () => {
    if (status !== 'ready') return;
    await removeUnnamed(options, id);
    const version = await repositories.datasetVersions.current(id);
    if (version !== null) await paths.makeCurrent(id, version.path);
  });
}

const IS_SHA256 = /^[0-9a-f]{64}$/;

/** Such a folder would be taken for the version that has the same records, though it is of another source. */
async function removeUnnamed({ repositories, paths }: Settled, id: string): Promise<void> {
  // Before the rows: a folder that comes after this is of somebody who is at work.
  const folders = await listDir(join(paths.datasetDir(id), 'versions'));
  const named = new Set((await repositories.datasetVersions.list(id)).map(({ sha256 }) => sha256));
  for (const name of folders)
    if (IS_SHA256.test(name) && !named.has(name)) await paths.removeVersion(id, name);
}
