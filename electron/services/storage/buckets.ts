import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { contentTypeOf, type ContentType } from './content-type';
import { refused } from './refused';
import { storagePath } from './storage-path';

export const BUCKETS = {
  'lora-datasets': { limitBytes: 500_000_000, types: ['application/json', 'application/x-jsonlines'] },
  'lora-models': {
    limitBytes: 5_000_000_000,
    types: ['application/octet-stream', 'application/x-tar', 'application/json', 'application/x-jsonlines'],
  },
} as const satisfies Readonly<Record<string, { limitBytes: number; types: readonly ContentType[] }>>;
export type BucketName = keyof typeof BUCKETS;

export interface BucketOptions {
  /** `storage` of the data directory. */
  readonly storageDir: string;
  readonly bucket: BucketName;
  readonly userId: string;
  /** From the settings; E01's limit without it. */
  readonly limitBytes?: number | undefined;
}

const NO_FOLLOW = constants.O_NOFOLLOW;

/** One user's folder of a bucket: `{user_id}/{dataset_id or job_id}/…`, private, whole files only. */
export class Bucket {
  readonly #dir: string;
  readonly #userId: string;
  readonly #limitBytes: number;
  readonly #types: readonly ContentType[];

  constructor({ storageDir, bucket, userId, limitBytes }: BucketOptions) {
    this.#dir = join(storageDir, bucket);
    this.#userId = userId;
    this.#limitBytes = limitBytes ?? BUCKETS[bucket].limitBytes;
    this.#types = BUCKETS[bucket].types;
  }

  /** The file or folder on this machine, after every check; it need not exist yet. */
  async resolve(path: string): Promise<string> {
    const parts = storagePath(path);
    if (parts[0] !== this.#userId) {
      throw refused(
        'storage_forbidden',
        'This file belongs to another profile.',
        'Open it from its own profile.',
      );
    }
    await this.#refuseLinks(parts);
    return join(this.#dir, ...parts);
  }

  /** Written beside its place, flushed, then renamed: readers see the old file or the whole new one. */
  async write(path: string, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number> {
    const target = await this.resolve(path);
    const folder = dirname(target);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const staged = join(folder, `.${randomUUID()}.part`);
    try {
      const sizeBytes = await this.#stage(staged, content);
      await rename(staged, target);
      await flush(folder);
      return sizeBytes;
    } finally {
      await rm(staged, { force: true });
    }
  }

  /** The open file; its owner closes it. */
  async read(path: string): Promise<FileHandle> {
    return open(await this.resolve(path), constants.O_RDONLY | NO_FOLLOW);
  }

  /** A file or a whole folder below the user's; what is not there is no fault. */
  async remove(path: string): Promise<void> {
    const target = await this.resolve(path);
    if (target === join(this.#dir, this.#userId)) {
      throw refused('storage_path_refused', 'A whole bucket cannot be removed.', 'Name a folder below it.');
    }
    await rm(target, { recursive: true, force: true });
  }

  async #stage(staged: string, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number> {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW;
    const file = await open(staged, flags, 0o600);
    try {
      let sizeBytes = 0;
      for await (const chunk of content) {
        sizeBytes += chunk.byteLength;
        this.#refuseSize(sizeBytes);
        await file.writeFile(chunk);
      }
      await file.sync();
      await this.#refuseType(staged);
      return sizeBytes;
    } finally {
      await file.close();
    }
  }

  #refuseSize(sizeBytes: number): void {
    if (sizeBytes <= this.#limitBytes) return;
    const megabytes = Math.round(this.#limitBytes / 1e6);
    throw refused(
      'storage_too_large',
      `The file is larger than ${megabytes} MB.`,
      'Split it, or raise the limit in Settings.',
    );
  }

  async #refuseType(path: string): Promise<void> {
    const type = await contentTypeOf(path);
    if (type !== null && this.#types.includes(type)) return;
    throw refused(
      'storage_type_refused',
      'The content of the file is of a kind that is not kept here.',
      `Allowed: ${this.#types.join(', ')}.`,
    );
  }

  /** A link anywhere below the bucket could lead out of it, whatever the path says. */
  async #refuseLinks(parts: readonly string[]): Promise<void> {
    let current = this.#dir;
    for (const part of ['', ...parts]) {
      current = join(current, part);
      const entry = await lstat(current).catch((error: unknown) => missing(error));
      if (entry === null) return;
      if (entry.isSymbolicLink()) {
        throw refused(
          'storage_link_refused',
          'A link in the data folder was not followed.',
          `Remove ${current}.`,
        );
      }
    }
  }
}

const missing = (error: unknown): null => {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
    return null;
  throw error;
};

const flush = async (folder: string): Promise<void> => {
  // Windows has no handle of a folder to flush.
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
