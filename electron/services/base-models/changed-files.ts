import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { namesIn } from '../storage/names-in';
import { isHashed } from './check-folder';

const WEIGHTS = /\.safetensors$/;
const isSmall = (name: string): boolean => isHashed(name) && !WEIGHTS.test(name);

/** Notices changes of the files of base models that decide tokens; weights are looked at when a run begins. */
export class ChangedFiles {
  /** Of a file that looks the same as when it was hashed. */
  readonly #known = new Map<string, { readonly look: string; readonly sha256: string }>();

  /** Whether files differ from their hashes, or others are there. A folder that is gone is another fault. */
  async areIn(folder: string, hashes: Readonly<Record<string, string>>): Promise<boolean> {
    const names = (await namesIn(folder)).filter(isSmall);
    if (names.length === 0) return false;
    if (names.length !== Object.keys(hashes).filter(isSmall).length) return true;
    for (const name of names) if ((await this.#hashOf(join(folder, name))) !== hashes[name]) return true;
    return false;
  }

  async #hashOf(path: string): Promise<string> {
    const { mtimeMs, ctimeMs, size, ino } = await stat(path);
    const look = JSON.stringify([mtimeMs, ctimeMs, size, ino]);
    const known = this.#known.get(path);
    if (known?.look === look) return known.sha256;
    const sha256 = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    this.#known.set(path, { look, sha256 });
    return sha256;
  }
}
