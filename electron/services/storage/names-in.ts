import { readdir } from 'node:fs/promises';
import { isMissing } from '../trainer/file-errors';

/** Names of a folder's entries; none where it is not there. */
export const namesIn = async (folder: string): Promise<string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};
