import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { stampIn, writeStamp } from './stamp.mjs';

/**
 * Fills a folder under another name and shows it when it is whole, so that being killed leaves no half of it.
 * @param {{folder: string, partialDir: string}} place both on one disk
 * @param {(partial: string) => Promise<object>} fill returns the stamp
 */
export async function replaceFolder({ folder, partialDir }, fill) {
  const partial = join(partialDir, `${basename(folder)}-${process.pid}`);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  writeStamp(stampIn(partial), await fill(partial));
  mkdirSync(dirname(folder), { recursive: true });
  const outdated = `${partial}-outdated`;
  if (existsSync(folder)) renameSync(folder, outdated);
  renameSync(partial, folder);
  rmSync(outdated, { recursive: true, force: true });
}
