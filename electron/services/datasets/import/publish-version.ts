import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RECORDS_FILE, versionPath } from '../dataset-files';
import type { Findings } from './read-copy';
import type { CopiedSource } from './source-file';

interface Publication {
  readonly stagingDir: string;
  readonly datasetDir: string;
  readonly copied: CopiedSource;
  readonly findings: Findings;
}

/**
 * Renames a finished import to its version, named by its content, and makes it the current one.
 * A file without usable records keeps its folder too, under its own hash: its raw lines are shown.
 */
export async function publishVersion({
  stagingDir,
  datasetDir,
  copied,
  findings,
}: Publication): Promise<string> {
  const relativeDir = versionPath(findings.file?.sha256 ?? copied.sha256);
  const versionDir = join(datasetDir, relativeDir);
  await mkdir(dirname(versionDir), { recursive: true, mode: 0o700 });
  await renameUnlessThere(stagingDir, versionDir);
  await syncDir(dirname(versionDir));
  if (findings.file !== null) await makeCurrent(versionDir, datasetDir);
  return relativeDir;
}

/** Versions are immutable: the same content imported again is the version that is there. */
async function renameUnlessThere(stagingDir: string, versionDir: string): Promise<void> {
  try {
    await rename(stagingDir, versionDir);
  } catch (error) {
    if (!hasCode(error, ['ENOTEMPTY', 'EEXIST', 'EPERM'])) throw error;
    const existing = await open(versionDir, 'r');
    await existing.close();
  }
}

async function makeCurrent(versionDir: string, datasetDir: string): Promise<void> {
  const current = join(datasetDir, RECORDS_FILE);
  const fresh = `${current}.new`;
  await rm(fresh, { force: true });
  try {
    await link(join(versionDir, RECORDS_FILE), fresh);
  } catch (error) {
    if (!hasCode(error, ['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK', 'ENOSYS'])) throw error;
    await copyFile(join(versionDir, RECORDS_FILE), fresh, constants.COPYFILE_FICLONE);
  }
  await rename(fresh, current);
  // Renaming one link of a file over another does nothing, so the new name may still be there.
  await rm(fresh, { force: true });
  await syncDir(datasetDir);
}

/** Not every system lets a folder be synced; there the rename alone has to do. */
async function syncDir(dir: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
  );
}
