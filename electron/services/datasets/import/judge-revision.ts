import { join } from 'node:path';
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
  { file, absent }: Findings,
  { request: { revision }, stagingDir, signal }: StagedRevision,
): Promise<UnkeptRevision | null> {
  if (revision === undefined) return null;
  if (file === null) return { kind: 'empty' };
  if (absent.length > 0) return { kind: 'records_absent', ids: absent };
  const { current, isPreview } = revision;
  if (isPreview) {
    const request = { from: current.path, to: join(stagingDir, RECORDS_FILE) };
    return { kind: 'compared', diff: await compareVersions(request, signal) };
  }
  return file.sha256 === current.sha256 ? { kind: 'unchanged' } : null;
}
