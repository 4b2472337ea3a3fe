import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { isStagingName, stagingName } from './dataset-files';

/** Names the process that imports, so that another one knows whether the import still lives. */
export function newStagingToken(): string {
  return `${String(process.pid)}-${randomUUID()}`;
}

/** Made when an import is queued: its row is then known to be alive. */
export async function reserveStaging(datasetDir: string, token: string): Promise<void> {
  await mkdir(join(datasetDir, stagingName(token)), { recursive: true, mode: 0o700 });
}

export async function releaseStaging(datasetDir: string, token: string): Promise<void> {
  await rm(join(datasetDir, stagingName(token)), { recursive: true, force: true });
}

/** Removes the staging folders of dead imports; answers whether there were any, and whether a living one is left. */
export async function sweepDeadStaging(
  datasetDir: string,
): Promise<{ readonly isAlive: boolean; readonly wasDead: boolean }> {
  const names = (await listDir(datasetDir)).filter(isStagingName);
  const alive = await Promise.all(names.map((name) => isAliveStaging(datasetDir, name)));
  for (const [index, name] of names.entries()) {
    if (alive[index] !== true) await rm(join(datasetDir, name), { recursive: true, force: true });
  }
  return { isAlive: alive.includes(true), wasDead: alive.includes(false) };
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

/** By another process of this boot: this one has just started, and process numbers are used again. */
async function isAliveStaging(datasetDir: string, name: string): Promise<boolean> {
  const pid = Number(/^\.staging-(\d+)-/.exec(name)?.[1]);
  if (!Number.isInteger(pid) || pid === process.pid || !isRunning(pid)) return false;
  const { birthtimeMs } = await stat(join(datasetDir, name));
  return birthtimeMs > Date.now() - uptime() * 1000;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
