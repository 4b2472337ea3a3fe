import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetVersionRow } from '../../db/schema';
import { RECORDS_FILE, stagingName } from './dataset-files';
import { releaseStaging } from './staging';
import { isSameRecipe } from './version-recipe';
import type { VersionRecipe } from './version-recipe';

/** An edit that was only looked at: on what, and the folder in which what was read for it is kept. */
export interface Look {
  readonly version: DatasetVersionRow;
  readonly recipe: VersionRecipe;
  readonly datasetDir: string;
  readonly token: string;
}

export const recordsOf = ({ datasetDir, token }: Pick<Look, 'datasetDir' | 'token'>): string =>
  join(datasetDir, stagingName(token), RECORDS_FILE);

/**
 * What was read for the last edit that was looked at, so that another page of its changes needs no reading of
 * the original. One for all datasets: it takes as much of the disk as a version.
 */
export class LastLook {
  #look: Look | null = null;

  /** The canonical file of this edit, where it is kept. */
  async fileOf(version: DatasetVersionRow, recipe: VersionRecipe): Promise<string | null> {
    const look = this.#look;
    if (look?.version.id !== version.id || !isSameRecipe(look.recipe, recipe)) return null;
    const path = recordsOf(look);
    try {
      await access(path);
      return path;
    } catch {
      return null;
    }
  }

  /** Answers the one before, which has to be released: of another dataset, once nobody reads it. */
  take(look: Look | null): Look | null {
    const before = this.#look;
    this.#look = look;
    return before;
  }

  async release(): Promise<void> {
    const look = this.take(null);
    if (look !== null) await releaseStaging(look.datasetDir, look.token);
  }

  async releaseOf(datasetId: string): Promise<void> {
    if (this.#look?.version.dataset_id === datasetId) await this.release();
  }
}
