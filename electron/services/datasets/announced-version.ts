import { access, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { flushFolder } from '../storage/flush';
import { isMissing } from '../trainer/file-errors';
import { isStagingName, versionPath } from './dataset-files';
import { listDir } from './staging';

const IS_SHA256 = /^[0-9a-f]{64}$/;

/**
 * Writes down, in the folder of an edit, which version it is about to publish: on the disk before that is,
 * so that a killed edit tells whose row may be missing. Not where the version is there: it is of another one.
 */
export async function announceVersion(stagingDir: string, sha256: string): Promise<void> {
  const datasetDir = dirname(stagingDir);
  if (await isThere(join(datasetDir, versionPath(sha256)))) return;
  const file = await open(join(stagingDir, sha256), 'w', 0o600);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await flushFolder(stagingDir);
  await flushFolder(datasetDir);
}

/** Once the version has its row. */
export async function withdrawAnnouncement(stagingDir: string, sha256: string): Promise<void> {
  await rm(join(stagingDir, sha256), { force: true });
}

/** None where the folder is gone. */
export async function announcedIn(stagingDir: string): Promise<string[]> {
  return (await listDir(stagingDir)).filter((name) => IS_SHA256.test(name));
}

/** By every edit of the dataset that has not come to its end. */
export async function announcedOf(datasetDir: string): Promise<string[]> {
  const staging = (await listDir(datasetDir)).filter(isStagingName);
  return (await Promise.all(staging.map((name) => announcedIn(join(datasetDir, name))))).flat();
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
