import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../../trainer/file-errors';
import { matchExclusions } from '../compare/match-exclusions';
import { CARRIED_FILE, RECORDS_FILE, SOURCE_FILE } from '../dataset-files';
import { wordsOfReading } from '../version-recipe';
import type { CarriedExclusions, Revision } from './import-request';
import { readCopy } from './read-copy';
import type { CopyReading } from './read-copy';
import { linkStoredSource, SOURCE_DAMAGED } from './stored-source';
import { TextFile } from './text-file';

type Carry = NonNullable<Revision['carry']>;

/**
 * Finds what the version before left out by hand in a newer file that lies in the staging folder. Both are
 * read whole and without fixes, which the newer file does not have: what was fixed would look changed.
 */
export async function carryExclusions(
  carry: Carry,
  reading: CopyReading,
): Promise<CarriedExclusions | undefined> {
  const { request, stagingDir, signal } = reading;
  const olderDir = join(stagingDir, 'before');
  await mkdir(olderDir, { mode: 0o700 });
  const isReadable = await readBefore(carry, { ...reading, stagingDir: olderDir });
  const { file } = await readCopy({ ...reading, request: { ...request, exclude: [], fixes: [] } });
  if (file === null) return undefined;
  const carried = isReadable
    ? await matched({ olderDir, stagingDir, ids: carry.ids }, signal)
    : allGone(carry);
  await rm(olderDir, { recursive: true });
  return carried;
}

const allGone = ({ ids }: Carry): CarriedExclusions => ({
  ids: [],
  told: { kept: 0, changed: 0, gone: ids.length, records: [] },
});

/** Whether the original of the version before is still there, and gives records. */
async function readBefore(
  { sourcePath, fileName, reading: words }: Carry,
  reading: CopyReading,
): Promise<boolean> {
  const { request, stagingDir, signal } = reading;
  if (sourcePath === null) return false;
  const source = { path: sourcePath, sha256: request.revision?.sourceSha256 ?? null };
  const hooks = { signal, onBytes: () => undefined };
  try {
    const copied = await linkStoredSource(source, join(stagingDir, SOURCE_FILE), hooks);
    const { file } = await readCopy({
      ...reading,
      request: {
        ...wordsOfReading(words),
        sourcePath,
        datasetDir: request.datasetDir,
        stagingToken: request.stagingToken,
        // It was within the limit when it was imported, which may have been another one.
        maxBytes: Number.MAX_SAFE_INTEGER,
      },
      copied,
      fileName,
      onProgress: () => undefined,
    });
    return file !== null;
  } catch (error) {
    // A newer file is what mends a dataset whose original is lost.
    if (isMissing(error) || isDamaged(error)) return false;
    throw error;
  }
}

const isDamaged = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === SOURCE_DAMAGED;

async function matched(
  { olderDir, stagingDir, ids }: { olderDir: string; stagingDir: string; ids: readonly string[] },
  signal: AbortSignal,
): Promise<CarriedExclusions> {
  const written = await TextFile.create(join(stagingDir, CARRIED_FILE));
  try {
    const found = await matchExclusions(
      {
        from: join(olderDir, RECORDS_FILE),
        to: join(stagingDir, RECORDS_FILE),
        ids: new Set(ids),
        kept: written,
      },
      signal,
    );
    await written.finish();
    if (found.ids.length === 0) await rm(join(stagingDir, CARRIED_FILE));
    return found;
  } catch (error) {
    await written.abandon();
    throw error;
  }
}
