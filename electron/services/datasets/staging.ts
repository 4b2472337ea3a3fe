import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { isStagingName, stagingName } from './dataset-files';

/** Names the process that imports, so that another one knows whether the import still lives. */
export function newStagingToken(): string {
  return `${String(process.pid)}-${randomUUID()}`;
}

/** By this process, which its number does not tell from a dead one that had the same. */
const reserved = new Set<string>();

/** Made when an import is queued: its row is then known to be alive. */
export async function reserveStaging(datasetDir: string, token: string): Promise<void> {
  reserved.add(stagingName(token));
  await mkdir(join(datasetDir, stagingName(token)), { recursive: true, mode: 0o700 });
}

export async function releaseStaging(datasetDir: string, token: string): Promise<void> {
  await rm(join(datasetDir, stagingName(token)), { recursive: true, force: true });
  reserved.delete(stagingName(token));
}

/** With the folder of an import that has put nothing else into it. */
export async function releaseClaim(datasetDir: string, token: string): Promise<void> {
  await releaseStaging(datasetDir, token);
  await removeIfEmpty(datasetDir);
}

/**
 * Removes the staging folders of dead imports once `settle` has put right what they may have left, and
 * answers whether a living one is there: then both wait, for what has no row may be what that one is making.
 */
export async function sweepDeadStaging(datasetDir: string, settle: () => Promise<void>): Promise<boolean> {
  const names = (await listDir(datasetDir)).filter(isStagingName);
  if (await isAnyAlive(datasetDir, names)) return true;
  if (names.length > 0) await settle();
  for (const name of names) await rm(join(datasetDir, name), { recursive: true, force: true });
  return false;
}

/** Whether another process that lives is at work in a dataset's folder. */
export async function isAtWorkElsewhere(datasetDir: string): Promise<boolean> {
  const names = (await listDir(datasetDir)).filter(isStagingName);
  return isAnyAlive(
    datasetDir,
    names.filter((name) => !reserved.has(name)),
  );
}

async function isAnyAlive(datasetDir: string, names: readonly string[]): Promise<boolean> {
  return (await Promise.all(names.map((name) => isAliveStaging(datasetDir, name)))).includes(true);
}

/** Of a folder that no row names: a dead import's staging goes, and with it the folder where it holds nothing else. */
export async function sweepUnfinished(datasetDir: string): Promise<void> {
  const isUnfinished = (await listDir(datasetDir)).some(isStagingName);
  if (!isUnfinished || (await sweepDeadStaging(datasetDir, () => Promise.resolve()))) return;
  await removeIfEmpty(datasetDir);
}

/** The dataset's folder is made for the import; without a result it goes again. */
export async function removeIfEmpty(dir: string): Promise<void> {
  try {
    await rmdir(dir);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error;
  }
}

export async function listDir(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return [];
    throw error;
  }
}

/** By this process, or by another one of this boot: process numbers are used again. */
async function isAliveStaging(datasetDir: string, name: string): Promise<boolean> {
  if (reserved.has(name)) return true;
  const pid = Number(/^\.staging-(\d+)-/.exec(name)?.[1]);
  if (!Number.isInteger(pid) || pid === process.pid || !isRunning(pid)) return false;
  // Another process may have released it since it was listed.
  const found = await stat(join(datasetDir, name)).catch(() => null);
  return found !== null && found.birthtimeMs > Date.now() - uptime() * 1000;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
