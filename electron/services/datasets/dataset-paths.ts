import { basename, extname, join, posix } from 'node:path';
import type { Dataset } from '../../../src/lib/types/lora-training';
import { Bucket } from '../storage/buckets';
import { storagePath } from '../storage/storage-path';
import { RECORDS_FILE, SOURCE_FILE } from './dataset-files';

interface DatasetFolders {
  readonly bucketDir: string;
  readonly userId: string;
  readonly cacheDir: string;
}

/** Where the files of one user's datasets are. The database holds paths relative to the bucket, with `/`. */
export class DatasetPaths {
  readonly #bucketDir: string;
  readonly #userId: string;
  /** Where what is worked out of versions is kept. */
  readonly cacheDir: string;

  constructor({ bucketDir, userId, cacheDir }: DatasetFolders) {
    this.cacheDir = cacheDir;
    this.#bucketDir = bucketDir;
    this.#userId = userId;
  }

  get userDir(): string {
    return join(this.#bucketDir, this.#userId);
  }

  datasetDir(datasetId: string): string {
    return join(this.userDir, datasetId);
  }

  /** A dataset's folder with everything in it; one that is not there is no fault. */
  remove(datasetId: string): Promise<void> {
    return this.#bucket().remove(posix.join(this.#userId, datasetId));
  }

  #bucket(): Bucket {
    return new Bucket({ dir: this.#bucketDir, bucket: 'lora-datasets', userId: this.#userId });
  }

  /** Makes E01's path of the current canonical file lead to this version of it. */
  async makeCurrent(datasetId: string, versionPath: string): Promise<void> {
    await this.#bucket().alias(versionPath, this.storagePath(datasetId));
  }

  /** The folder of one version, which no row names. */
  removeVersion(datasetId: string, sha256: string): Promise<void> {
    const bucket = new Bucket({ dir: this.#bucketDir, bucket: 'lora-datasets', userId: this.#userId });
    return bucket.remove(posix.join(this.#userId, datasetId, 'versions', sha256));
  }

  /** Throws `storage_path_refused` for a path that leads out of the bucket. */
  absolute(path: string): string {
    return join(this.#bucketDir, ...storagePath(path));
  }

  /** E01's path of the current canonical file. */
  storagePath(datasetId: string): string {
    return posix.join(this.#userId, datasetId, RECORDS_FILE);
  }

  versionPaths(datasetId: string, sha256: string): { readonly path: string; readonly source_path: string } {
    const dir = posix.join(this.#userId, datasetId, 'versions', sha256);
    return { path: posix.join(dir, RECORDS_FILE), source_path: posix.join(dir, SOURCE_FILE) };
  }
}

const MAX_NAME = 200;
const MAX_FILE_NAME = 255;

/** What a file's dataset is called until someone renames it. */
export function namesOf(path: string, wanted?: string): Pick<Dataset, 'name' | 'file_name'> {
  const fileName = basename(path);
  const name = (wanted ?? basename(fileName, extname(fileName))).trim();
  return {
    name: clipped(name === '' ? 'Dataset' : name, MAX_NAME),
    file_name: clipped(fileName, MAX_FILE_NAME),
  };
}

/** Never cut through a character. */
function clipped(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}
