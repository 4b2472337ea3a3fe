import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface FoundFiles {
  readonly paths: string[];
  /** Files that were there beyond the limit. */
  readonly left_out: number;
}

const MAX_FILES = 50;
const MAX_DEPTH = 4;
const MAX_COUNTED = 10_000;

/**
 * The files that dropped or chosen paths stand for: themselves, and those in folders, by name. Hidden
 * files and links inside folders are left out: nobody chose them.
 */
export async function findFiles(paths: readonly string[]): Promise<FoundFiles> {
  const found: string[] = [];
  for (const path of paths) {
    if (await isFolder(path)) await collect(path, found, MAX_DEPTH);
    else found.push(path);
  }
  const unique = [...new Set(found)];
  return { paths: unique.slice(0, MAX_FILES), left_out: Math.max(0, unique.length - MAX_FILES) };
}

async function collect(folder: string, found: string[], depth: number): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((one, other) => one.name.localeCompare(other.name))) {
    if (entry.name.startsWith('.') || found.length >= MAX_COUNTED) continue;
    const path = join(folder, entry.name);
    if (entry.isFile()) found.push(path);
    else if (entry.isDirectory() && depth > 1) await collect(path, found, depth - 1);
  }
}

/** What cannot be looked at is taken as a file: its preview says why. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
