import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
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

/**
 * The path that an export gets: a ZIP whose path has no such ending lies in that folder. Throws
 * `export_target_exists` before anything is loaded; the trainer looks again before it writes.
 */
export const exportTarget = async ({
  format,
  to,
}: {
  readonly format: ExportFormat;
  readonly to: string;
}): Promise<string> => {
  const target = format === 'zip' && !to.endsWith('.zip') ? join(to, ARCHIVE) : to;
  const found = await kindOf(target);
  if (found === 'nothing' || (found === 'empty folder' && format === 'adapter')) return target;
  throw refused('export_target_exists', `${target} exists already.`, 'Choose a name that is free.');
};
