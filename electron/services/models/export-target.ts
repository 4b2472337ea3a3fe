import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { ExportFormat } from '../../../src/lib/types/model-artifact';
import { refused } from '../jobs/refusals';
import { brief } from '../../../src/lib/messages/brief';
import { codeOf } from '../storage/flush';
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

const NAME_BYTES = 255;
/** Less what the trainer puts around the name while it writes: `.staging-…-01234567.zip`. */
const LAST_NAME_BYTES = NAME_BYTES - 22;
/** Less what lies in the export. */
const PATH_BYTES = 4096 - 96;

const refuseTarget = (reason: string, hint = 'Choose a folder of your own.') =>
  refused('export_target_refused', reason, hint);

const tooLong = (what: string, limit: number) =>
  refuseTarget(
    `"${brief(what)}" has ${Buffer.byteLength(what)} bytes, of ${limit} at most.`,
    'Choose a shorter name.',
  );

const refuseLong = (target: string): void => {
  if (Buffer.byteLength(target) > PATH_BYTES) throw tooLong(target, PATH_BYTES);
  if (Buffer.byteLength(basename(target)) > LAST_NAME_BYTES) throw tooLong(basename(target), LAST_NAME_BYTES);
  const long = target.split(sep).find((name) => Buffer.byteLength(name) > NAME_BYTES);
  if (long !== undefined) throw tooLong(long, NAME_BYTES);
};

const isThere = async (path: string): Promise<boolean> => {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};

const leadsNowhere = (path: string) =>
  refuseTarget(`${path} is a link that leads nowhere.`, 'Remove the link, or choose another name.');

/**
 * Where a path leads, whose last parts need not be there yet. Throws `export_target_refused` for a link
 * that leads nowhere: what is written through it lands where nobody has looked.
 */
const landing = async (path: string): Promise<string> => {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) === 'ENAMETOOLONG')
      throw refuseTarget(`"${brief(basename(path))}" is too long a name for this drive.`);
    if (codeOf(error) === 'ELOOP' || (await isThere(path))) throw leadsNowhere(path);
    if (!isMissing(error) || dirname(path) === path) throw error;
    return join(await landing(dirname(path)), basename(path));
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
  throw refuseTarget(`${target} lies in the data folder, which Pipeline keeps for itself.`);
};

const isFile = (format: ExportFormat, target: string): boolean =>
  format === 'zip' || (format.startsWith('gguf') && target.endsWith('.gguf'));

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
  refuseLong(target);
  await refuseOwn(target, dataDir);
  const found = await kindOf(target);
  if (found === 'nothing' || (found === 'empty folder' && !isFile(format, target))) return target;
  throw refused('export_target_exists', `${target} exists already.`, 'Choose a name that is free.');
};
