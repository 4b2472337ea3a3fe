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

/** Folders of the data folder that hold what Pipeline makes, and that go when it goes. */
const OWN = ['backups', 'cache', 'runs', 'storage'];

/** Where a path leads, whose last parts need not be there yet. */
const landing = async (path: string): Promise<string> => {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error;
    return join(await landing(dirname(path)), relative(dirname(path), path));
  }
};

const refuseOwn = async (target: string, dataDir: string): Promise<void> => {
  const [lands, data] = await Promise.all([landing(resolve(target)), landing(resolve(dataDir))]);
  if (!OWN.some((name) => `${lands}${sep}`.startsWith(join(data, name) + sep))) return;
  throw refused(
    'export_target_refused',
    `${target} lies in a folder that Pipeline keeps for itself, and would go with what is in it.`,
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
  const target = format === 'zip' && !to.endsWith('.zip') ? join(to, ARCHIVE) : to;
  await refuseOwn(target, dataDir);
  const found = await kindOf(target);
  if (found === 'nothing' || (found === 'empty folder' && format !== 'zip')) return target;
  throw refused('export_target_exists', `${target} exists already.`, 'Choose a name that is free.');
};
