import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { ExportFormat } from '../../../src/lib/types/model-artifact';
import { refused } from '../jobs/refusals';
import { isMissing } from '../trainer/file-errors';

const ARCHIVE = 'adapter.zip';

const kindOf = async (path: string): Promise<'nothing' | 'empty folder' | 'something'> => {
  try {
    if (!(await stat(path)).isDirectory()) return 'something';
    return (await readdir(path)).length === 0 ? 'empty folder' : 'something';
  } catch (error) {
    if (isMissing(error)) return 'nothing';
    throw error;
  }
};

/** Where a path leads, whose last parts need not be there yet. */
const landing = async (path: string): Promise<string> => {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error;
    return join(await landing(dirname(path)), relative(dirname(path), path));
  }
};

/** The data folder, and where its folders are that a link keeps on another drive. */
const keptFolders = async (dataDir: string): Promise<string[]> => {
  const holders = [dataDir, join(dataDir, 'storage')];
  const links = (await Promise.all(holders.map(linksIn))).flat();
  return Promise.all([dataDir, ...links].map((path) => landing(resolve(path))));
};

const linksIn = async (folder: string): Promise<string[]> => {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => join(folder, name));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

/** Whatever its name: what Pipeline opens at its next start, and what it deletes, it knows by names alone. */
const refuseOwn = async (target: string, dataDir: string): Promise<void> => {
  const [lands, kept] = await Promise.all([landing(target), keptFolders(dataDir)]);
  if (!kept.some((folder) => `${lands}${sep}`.startsWith(folder + sep))) return;
  throw refused(
    'export_target_refused',
    `${target} lies in the data folder, which Pipeline keeps for itself.`,
    'Choose a folder of your own.',
  );
};

/**
 * The path that an export gets: a ZIP whose path has no such ending lies in that folder. Throws
 * `export_target_exists` or `export_target_refused` before anything is loaded; the trainer looks again before it writes.
 */
export const exportTarget = async ({
  format,
  to,
  dataDir,
}: {
  readonly format: ExportFormat;
  readonly to: string;
  readonly dataDir: string;
}): Promise<string> => {
  const target = resolve(format === 'zip' && !to.endsWith('.zip') ? join(to, ARCHIVE) : to);
  await refuseOwn(target, dataDir);
  const found = await kindOf(target);
  if (found === 'nothing' || (found === 'empty folder' && format !== 'zip')) return target;
  throw refused('export_target_exists', `${target} exists already.`, 'Choose a name that is free.');
};
