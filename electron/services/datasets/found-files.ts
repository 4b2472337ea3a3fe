import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundFiles } from '../../../src/lib/types/import-preview';

type ListFolder = (folder: string) => Promise<readonly Dirent[]>;

interface Search {
  readonly found: string[];
  readonly unread: Set<string>;
  readonly list: ListFolder;
}

const MAX_FILES = 50;
const MAX_DEPTH = 4;
const MAX_COUNTED = 10_000;

/**
 * The files that dropped or chosen paths stand for: themselves, and those in folders, by name. Hidden
 * files and links inside folders are left out: nobody chose them. Folders that cannot be read
 * or hold nothing are counted.
 */
export async function findFiles(
  paths: readonly string[],
  list: ListFolder = (folder) => readdir(folder, { withFileTypes: true }),
): Promise<FoundFiles> {
  const searches: Search[] = [];
  for (const path of paths) searches.push(await searchIn(path, list));
  const unique = [...new Set(searches.flatMap(({ found }) => found))];
  return {
    paths: unique.slice(0, MAX_FILES),
    left_out: Math.max(0, unique.length - MAX_FILES),
    unread_folders: new Set(searches.flatMap(({ unread }) => [...unread])).size,
    empty_folders: searches.filter(({ found, unread }) => found.length + unread.size === 0).length,
  };
}

async function searchIn(path: string, list: ListFolder): Promise<Search> {
  const search: Search = { found: [], unread: new Set(), list };
  if (await isFolder(path)) await collect(path, search, MAX_DEPTH);
  else search.found.push(path);
  return search;
}

async function collect(folder: string, search: Search, depth: number): Promise<void> {
  const { found } = search;
  for (const entry of await entriesOf(folder, search)) {
    if (entry.name.startsWith('.') || found.length >= MAX_COUNTED) continue;
    const path = join(folder, entry.name);
    if (entry.isFile()) found.push(path);
    else if (entry.isDirectory() && depth > 1) await collect(path, search, depth - 1);
  }
}

/** By name; none where the folder cannot be read. */
async function entriesOf(folder: string, { list, unread }: Search): Promise<Dirent[]> {
  try {
    return (await list(folder)).toSorted((one, other) => one.name.localeCompare(other.name));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    unread.add(folder);
    return [];
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
