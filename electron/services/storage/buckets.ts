import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ContentType, contentTypeOf } from './content-type';
import { codeOf, flushFolder } from './flush';
import { refused } from './refused';
import { storagePath } from './storage-path';

interface Rules {
  readonly limitBytes: number;
  /** What a user may bring. */
  readonly types: readonly ContentType[];
  /** What Pipeline itself may put beside it. */
  readonly derived: readonly ContentType[];
}

const JSON_TYPES = ['application/json', 'application/x-jsonlines'] as const;

/** E01's limits; its two types of datasets are widened by the formats that an import reads. */
export const BUCKETS = {
  'lora-datasets': {
    limitBytes: 500_000_000,
    types: [
      ...JSON_TYPES,
      'text/plain',
      'application/vnd.apache.parquet',
      'application/gzip',
      'application/zstd',
    ],
    derived: [...JSON_TYPES, 'application/x-offsets', 'inode/x-empty'],
  },
  'lora-models': {
    limitBytes: 5_000_000_000,
    types: [...JSON_TYPES, 'application/octet-stream', 'application/x-tar', 'text/plain'],
    derived: [...JSON_TYPES, 'inode/x-empty'],
  },
} as const satisfies Readonly<Record<string, Rules>>;
export type BucketName = keyof typeof BUCKETS;

export interface BucketOptions {
  /** The bucket's folder. */
  readonly dir: string;
  readonly bucket: BucketName;
  readonly userId: string;
  /** From the settings; E01's limit without it. */
  readonly limitBytes?: number | undefined;
}

export interface Adoption {
  /** A finished file or folder on the bucket's own drive. */
  readonly staged: string;
  readonly path: string;
  /** Names of files that Pipeline made of others: the limit is for what a user brought. */
  readonly derived?: readonly string[];
  /** What is there already stays by default, as an immutable version does. */
  readonly replace?: boolean;
}

const NO_FOLLOW = constants.O_NOFOLLOW;

/** One user's folder of a bucket: `{user_id}/{dataset_id or job_id}/…`, private, whole files only. */
export class Bucket {
  readonly #dir: string;
  readonly #userId: string;
  readonly #limitBytes: number;
  readonly #rules: Rules;

  constructor({ dir, bucket, userId, limitBytes }: BucketOptions) {
    this.#dir = dir;
    this.#userId = userId;
    this.#rules = BUCKETS[bucket];
    this.#limitBytes = limitBytes ?? this.#rules.limitBytes;
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

  /**
   * Checks each file of a finished file or folder by its size and first bytes, flushes it, and
   * renames the whole to its place: readers see all of it or nothing.
   */
  async adopt({ staged, path, derived = [], replace = false }: Adoption): Promise<void> {
    const target = await this.resolve(path);
    await this.#admit(staged, { path, derived });
    const folder = dirname(target);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (replace) await rm(target, { recursive: true, force: true });
    await renameUnlessThere(staged, target);
    await flushFolder(folder);
  }

  /** A second name for a stored file, put in the place of what had that name. */
  async alias(path: string, name: string): Promise<void> {
    const [source, target] = await Promise.all([this.resolve(path), this.resolve(name)]);
    const fresh = `${target}.new-${randomUUID()}`;
    try {
      await link(source, fresh);
    } catch (error) {
      if (!['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK', 'ENOSYS'].includes(codeOf(error))) throw error;
      await copyFile(source, fresh, constants.COPYFILE_FICLONE);
    }
    await rename(fresh, target);
    // Renaming one link of a file over another does nothing, so the new name may still be there.
    await rm(fresh, { force: true });
    await flushFolder(dirname(target));
  }

  /** A file or a whole folder below the user's; what is not there is no fault. */
  async remove(path: string): Promise<void> {
    const target = await this.resolve(path);
    if (target === join(this.#dir, this.#userId)) {
      throw refused('storage_path_refused', 'A whole bucket cannot be removed.', 'Name a folder below it.');
    }
    await rm(target, { recursive: true, force: true });
  }

  /** Every file below `staged`, each opened once. */
  async #admit(staged: string, file: { path: string; derived: readonly string[] }): Promise<void> {
    const entry = await lstat(staged);
    if (entry.isDirectory()) {
      for (const name of await readdir(staged))
        await this.#admit(join(staged, name), { ...file, path: `${file.path}/${name}` });
      await flushFolder(staged);
    } else if (entry.isFile()) await this.#admitFile(staged, file);
    else throw linkRefused(staged);
  }

  async #admitFile(
    staged: string,
    { path, derived }: { path: string; derived: readonly string[] },
  ): Promise<void> {
    const isDerived = derived.includes(storagePath(path).at(-1) ?? '');
    const file = await open(staged, constants.O_RDWR | NO_FOLLOW);
    try {
      const { size } = await file.stat();
      if (!isDerived) this.#refuseSize(size);
      const type = await contentTypeOf(file, size);
      const types = isDerived ? this.#rules.derived : this.#rules.types;
      if (type === null || !types.includes(type)) throw typeRefused(types);
      await file.chmod(0o600);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  #refuseSize(sizeBytes: number): void {
    if (sizeBytes <= this.#limitBytes) return;
    const [size, limit] = [sizeBytes, this.#limitBytes].map((bytes) => Math.ceil(bytes / 1e6));
    throw refused(
      'storage_too_large',
      `The file has ${String(size)} MB; the limit is ${String(limit)} MB.`,
      'Raise the limit in Settings, or make the file smaller.',
    );
  }

  /** A link anywhere below the bucket could lead out of it, whatever the path says. */
  async #refuseLinks(parts: readonly string[]): Promise<void> {
    let current = this.#dir;
    for (const part of ['', ...parts]) {
      current = join(current, part);
      const entry = await lstat(current).catch(missing);
      if (entry === null) return;
      if (entry.isSymbolicLink()) throw linkRefused(current);
    }
  }
}

const linkRefused = (path: string) =>
  refused('storage_link_refused', 'A link in the data folder was not followed.', `Remove ${path}.`);

const typeRefused = (types: readonly ContentType[]) =>
  refused(
    'storage_type_refused',
    'The content of the file is of a kind that is not kept here.',
    `Allowed: ${types.join(', ')}.`,
  );

/** What has the same name is the same content: a version is named by its hash. */
const renameUnlessThere = async (staged: string, target: string): Promise<void> => {
  try {
    await rename(staged, target);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(error))) throw error;
    await lstat(target);
  }
};

const missing = (error: unknown): null => {
  if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
  throw error;
};
