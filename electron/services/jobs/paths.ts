import { join } from 'node:path';
import { Bucket, type BucketName } from '../storage/buckets';
import { storagePath } from '../storage/storage-path';

/** Where everything of the data directory is. */
export interface Paths {
  readonly dataDir: string;
  readonly runsDir: string;
  readonly storageDir: string;
  readonly cacheDir: string;
  readonly trainerDir: string;
}

export const DATASET_BUCKET = 'lora-datasets';
export const MODEL_BUCKET = 'lora-models';

export const pathsOf = (dataDir: string, resourcesDir: string): Paths => ({
  dataDir,
  runsDir: join(dataDir, 'runs'),
  storageDir: join(dataDir, 'storage'),
  cacheDir: join(dataDir, 'cache'),
  trainerDir: join(resourcesDir, 'trainer'),
});

export const runDirOf = (paths: Paths, jobId: string): string => join(paths.runsDir, jobId);

/** One user's part of a bucket, for what is written and removed there. */
export const bucketOf = (
  paths: Paths,
  bucket: BucketName,
  owner: { readonly userId: string; readonly limitBytes?: number | undefined },
): Bucket => new Bucket({ ...owner, bucket, dir: join(paths.storageDir, bucket) });

/** A path of the database, below its bucket, on this machine. Throws `storage_path_refused` for one that leads out. */
export const inBucket = (paths: Paths, bucket: string, relative: string): string =>
  join(paths.storageDir, bucket, ...storagePath(relative));
