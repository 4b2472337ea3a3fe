import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { AsyncRepositories } from '../../db/async-repositories';
import { isMissing } from '../trainer/file-errors';
import { codeOf, flushFolder } from '../storage/flush';
import type { DatasetPaths } from './dataset-paths';
import { listDir } from './staging';
import { forgetAllBut } from './version-cache';

interface Purged {
  readonly repositories: {
    readonly datasets: Pick<AsyncRepositories['datasets'], 'get' | 'purge'>;
    readonly datasetVersions: Pick<AsyncRepositories['datasetVersions'], 'hashes'>;
  };
  readonly paths: Pick<DatasetPaths, 'userDir' | 'datasetDir' | 'cacheDir'>;
}

const PREFIX = '.purged-';

const takenDir = (dir: string): string => join(dirname(dir), `${PREFIX}${basename(dir)}`);

/**
 * Row and files of a dataset for good, and what was worked out of them. The folder gets another name first: whoever ends in between leaves a name
 * that says what is still to be done, and not files that nobody knows of.
 */
export async function purgeFolder({ repositories, paths }: Purged, id: string): Promise<void> {
  const dir = paths.datasetDir(id);
  await move(dir, takenDir(dir));
  try {
    await repositories.datasets.purge(id);
  } catch (error) {
    // A run may have been made of it meanwhile.
    await bringBack(dir);
    throw error;
  }
  await forgetAllBut(paths.cacheDir, new Set(await repositories.datasetVersions.hashes()));
  await rm(takenDir(dir), { recursive: true, force: true });
}

/** Of a dataset that stays all the same. */
export function bringBack(dir: string): Promise<void> {
  return move(takenDir(dir), dir);
}

/** What a process that was ended has begun to purge: of a dataset that has left the bin since, everything stays. */
export async function finishPurges({ repositories, paths }: Purged): Promise<void> {
  for (const name of await listDir(paths.userDir)) {
    if (!name.startsWith(PREFIX)) continue;
    const id = name.slice(PREFIX.length);
    const dataset = await repositories.datasets.get(id);
    if (dataset !== null && dataset.deleted_at === null) await bringBack(paths.datasetDir(id));
    else await purgeFolder({ repositories, paths }, id);
  }
}

/** Nothing to move is no fault, and neither is a folder that is there already. */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (isMissing(error) || ['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) return;
    throw error;
  }
  await flushFolder(dirname(to));
}
