import { access } from 'node:fs/promises';
import type { DatasetVersionRow } from '../../db/schema';
import { isMissing } from '../trainer/file-errors';
import { versionFilesMissing } from './dataset-errors';
import type { DatasetPaths } from './dataset-paths';

/** The canonical file of a version; throws `dataset_version_missing` where someone took it away. */
export async function fileOfVersion(
  { path, number }: Pick<DatasetVersionRow, 'path' | 'number'>,
  paths: DatasetPaths,
): Promise<string> {
  const file = paths.absolute(path);
  try {
    await access(file);
  } catch (error) {
    if (isMissing(error)) throw versionFilesMissing(number);
    throw error;
  }
  return file;
}
