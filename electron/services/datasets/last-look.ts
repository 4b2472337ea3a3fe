import { randomUUID } from 'node:crypto';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EditFile } from '../../../src/lib/types/dataset-versions';
import type { DatasetVersionRow } from '../../db/schema';
import { RECORDS_FILE, stagingName } from './dataset-files';
import { releaseStaging } from './staging';
import type { ToldOfFile } from './told-of-file';
import { isSameReading } from './version-recipe';
import type { VersionRecipe } from './version-recipe';

/** What was looked at: an edit of a version, from its original or from a file as it is at the moment. */
export interface Looked {
  readonly version: DatasetVersionRow;
  readonly recipe: VersionRecipe;
  /** Null for the original. */
  readonly file: string | null;
}

/** The same with the folder in which what was read for it is kept. */
export interface Look extends Looked {
  readonly datasetDir: string;
  readonly token: string;
  readonly told: ToldOfFile;
}

/** A file as it is now; null for none, and one that cannot be looked at is another one each time. */
export const stampOf = async (file: EditFile | undefined): Promise<string | null> => {
  if (!file) return null;
  const found = await stat(file.path).catch(() => null);
  return found ? `${file.path}\n${String(found.size)}\n${String(found.mtimeMs)}` : randomUUID();
};

export const recordsOf = ({ datasetDir, token }: Pick<Look, 'datasetDir' | 'token'>): string =>
  join(datasetDir, stagingName(token), RECORDS_FILE);

/**
 * What was read for the last edit that was looked at, so that another page of its changes needs no reading of
 * the original. One for all datasets: it takes as much of the disk as a version.
 */
export class LastLook {
  #look: Look | null = null;

  /** The canonical file of this edit, where it is kept. */
  async find({ version, recipe, file }: Looked): Promise<{ path: string; look: Look } | null> {
    const look = this.#look;
    if (look?.version.id !== version.id || look.file !== file || !isSameReading(look.recipe, recipe))
      return null;
    const path = recordsOf(look);
    try {
      await access(path);
      return { path, look };
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
