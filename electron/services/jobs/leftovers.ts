import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { namesIn } from '../storage/names-in';
import { isMissing } from '../trainer/file-errors';
import type { Paths } from './paths';

const UNFINISHED_RUN = /\.new$/;
/** And what older versions kept, of which nobody could tell whose it is. */
const CACHED_FOR_A_MOMENT = /^(?:(?:probe|card)-|numbers$|[0-9a-f]{64}$)/;
/** A split made again in seconds where it is wanted, and tokens that were never whole. */
const UNNEEDED = /^(?:split-|\.tokens-)/;
/** Another process may be making one right now, and none is made for longer. */
const KEPT_MS = 24 * 60 * 60 * 1000;

/** Of the entry itself where it is a link; never where it went meanwhile. */
const changedAt = async (path: string): Promise<number> => {
  try {
    return (await lstat(path)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return Infinity;
    throw error;
  }
};

const sweep = async (folder: string, which: RegExp, before: number): Promise<void> => {
  for (const name of (await namesIn(folder)).filter((each) => which.test(each))) {
    const path = join(folder, name);
    if ((await changedAt(path)) < before) await rm(path, { recursive: true, force: true });
  }
};

/** Removes what a process killed while it made a run or timed a step has left; nothing refers to it. */
export const sweepLeftovers = async (
  { runsDir, cacheDir }: Pick<Paths, 'runsDir' | 'cacheDir'>,
  now = Date.now(),
): Promise<void> => {
  await sweep(runsDir, UNFINISHED_RUN, now - KEPT_MS);
  await sweep(cacheDir, CACHED_FOR_A_MOMENT, now - KEPT_MS);
  const versions = join(cacheDir, 'data');
  for (const name of await namesIn(versions)) await sweep(join(versions, name), UNNEEDED, now - KEPT_MS);
};
