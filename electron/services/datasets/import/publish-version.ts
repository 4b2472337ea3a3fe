import { basename, dirname } from 'node:path';
import { Bucket } from '../../storage/buckets';
import {
  CARRIED_FILE,
  PROBLEMS_FILE,
  RECIPE_FILE,
  RECORDS_FILE,
  RECORDS_INDEX_FILE,
  versionPath,
} from '../dataset-files';
import type { Findings } from './read-copy';
import type { CopiedSource } from './source-file';

interface Publication {
  readonly stagingDir: string;
  /** `{bucket}/{user_id}/{dataset_id}`. */
  readonly datasetDir: string;
  readonly copied: CopiedSource;
  readonly findings: Findings;
  readonly maxBytes: number | undefined;
  /** Whether it is the current version at once; another one's row has to be written first. */
  readonly isCurrent: boolean;
}

const DERIVED = [RECORDS_FILE, RECORDS_INDEX_FILE, PROBLEMS_FILE, RECIPE_FILE, CARRIED_FILE];

/**
 * Hands a finished import to the bucket as its version, named by its content, and mostly makes it the
 * current one. A file without usable records keeps its folder too, under its own hash: its raw lines are
 * shown. Null where the bucket keeps no such file, as a picture among the datasets.
 */
export async function publishVersion({
  stagingDir,
  datasetDir,
  copied,
  findings,
  maxBytes,
  isCurrent,
}: Publication): Promise<string | null> {
  const userDir = dirname(datasetDir);
  const userId = basename(userDir);
  const bucket = new Bucket({
    dir: dirname(userDir),
    bucket: 'lora-datasets',
    userId,
    limitBytes: maxBytes,
  });
  const stored = `${userId}/${basename(datasetDir)}`;
  const sha256 = findings.file?.sha256 ?? copied.sha256;
  const version = `${stored}/versions/${sha256}`;
  try {
    await bucket.adopt({ staged: stagingDir, path: version, derived: DERIVED });
  } catch (error) {
    if (findings.file === null && isRefusedType(error)) return null;
    throw error;
  }
  if (findings.file !== null && isCurrent)
    await bucket.alias(`${version}/${RECORDS_FILE}`, `${stored}/${RECORDS_FILE}`);
  return versionPath(sha256);
}

/** Whether the bucket keeps no file of this kind. */
export function isRefusedType(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'storage_type_refused';
}
