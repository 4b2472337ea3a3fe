import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

interface ModelFolder {
  readonly path: string;
  /** Where the folder's own name says nothing; else null. */
  readonly name: string | null;
}

/** `models--owner--name`, as the cache of Hugging Face names a repository. */
const CACHED = /^models--.+?--(?<name>.+)$/;

const foldersIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

const snapshotsOf = async (repository: string, name: string): Promise<ModelFolder[]> => {
  const snapshots = join(repository, 'snapshots');
  const revisions = await foldersIn(snapshots).catch(() => []);
  return revisions.map((revision) => ({ path: join(snapshots, revision), name }));
};

/** The folders directly below `folder` that may be models; of a cached repository its revisions, by its name. */
export const modelFoldersIn = async (folder: string): Promise<ModelFolder[]> => {
  const found = await Promise.all(
    (await foldersIn(folder)).map(async (entry): Promise<ModelFolder[]> => {
      const path = join(folder, entry);
      const cached = CACHED.exec(entry)?.groups?.['name'];
      return cached === undefined ? [{ path, name: null }] : snapshotsOf(path, cached);
    }),
  );
  return found.flat();
};
