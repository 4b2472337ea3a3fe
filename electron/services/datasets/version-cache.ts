import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { namesIn } from '../storage/names-in';

const FOLDER = 'data';

/** What is worked out of a version and kept: its tokens, which the trainer writes there, and its numbers. */
export const versionCacheDir = (cacheDir: string, sha256: string): string => join(cacheDir, FOLDER, sha256);

/**
 * Tokens are the text in other words, so they go with it. Also those of mixtures, which no version names: a run
 * that goes on makes them again.
 */
export async function forgetAllBut(cacheDir: string, versions: ReadonlySet<string>): Promise<void> {
  const folder = join(cacheDir, FOLDER);
  for (const name of await namesIn(folder))
    if (!versions.has(name)) await rm(join(folder, name), { recursive: true, force: true });
}
