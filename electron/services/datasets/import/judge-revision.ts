import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { hasMoreChanges } from '../../../../src/lib/types/dataset-versions';
import { compareVersions } from '../compare/compare-versions';
import { RECORDS_FILE } from '../dataset-files';
import type { ImportRequest, UnkeptRevision } from './import-request';
import type { Findings } from './read-copy';

interface StagedRevision {
  readonly request: ImportRequest;
  readonly stagingDir: string;
  readonly signal: AbortSignal;
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
    if (moreAt !== undefined && hasMoreChanges(diff)) await rename(read, moreAt);
    return { kind: 'compared', diff };
  }
  return file.sha256 === current.sha256 ? { kind: 'unchanged' } : null;
}
