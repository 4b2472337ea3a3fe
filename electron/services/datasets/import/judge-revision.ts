import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasMoreChanges } from '../../../../src/lib/types/dataset-versions';
import { compareVersions } from '../compare/compare-versions';
import { isMissing } from '../../trainer/file-errors';
import { AS_READ_FILE, RECORDS_FILE } from '../dataset-files';
import type { ImportRequest, UnkeptRevision } from './import-request';
import type { Findings } from './read-copy';

interface StagedRevision {
  readonly request: ImportRequest;
  readonly stagingDir: string;
  readonly signal: AbortSignal;
}

/** For other pages of the same changes. */
async function keepAt(moreAt: string, stagingDir: string): Promise<void> {
  await rename(join(stagingDir, RECORDS_FILE), moreAt);
  try {
    await rename(join(stagingDir, AS_READ_FILE), join(dirname(moreAt), AS_READ_FILE));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Why what was read again must not become a version; null where it may. */
export async function judgeRevision(
  { file, absent, changes }: Findings,
  { request: { revision }, stagingDir, signal }: StagedRevision,
): Promise<UnkeptRevision | null> {
  if (revision === undefined) return null;
  if (file === null) return { kind: 'empty' };
  if (absent.length > 0) return { kind: 'records_absent', ids: absent };
  const { current, isPreview, page, moreAt, tries } = revision;
  if (tries !== undefined) return { kind: 'tried', changes };
  if (isPreview) {
    const read = join(stagingDir, RECORDS_FILE);
    const diff = await compareVersions({ from: current.path, to: read, page }, signal);
    if (moreAt !== undefined && hasMoreChanges(diff)) await keepAt(moreAt, stagingDir);
    return { kind: 'compared', diff };
  }
  return file.sha256 === current.sha256 ? { kind: 'unchanged' } : null;
}
