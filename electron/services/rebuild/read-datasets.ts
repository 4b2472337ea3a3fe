import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { DatasetKind } from '../../../src/lib/types/dataset-records';
import { announcedOf } from '../datasets/announced-version';
import { RECIPE_FILE, RECORDS_FILE, RECORDS_INDEX_FILE, SOURCE_FILE } from '../datasets/dataset-files';
import { VersionRecipe } from '../datasets/version-recipe';
import { hashFile } from '../jobs/checkpoint-check';
import { isMissing } from '../trainer/file-errors';
import { namesIn } from '../storage/names-in';

export interface ReadVersion {
  readonly sha256: string;
  readonly source_sha256: string | null;
  readonly dir: string;
  readonly records: number;
  readonly size_bytes: number;
  readonly source_bytes: number;
  readonly kind: DatasetKind;
  readonly recipe: VersionRecipe | Readonly<Record<string, never>>;
}

export interface ReadDataset {
  readonly id: string;
  /** Oldest first; the last is the current one. */
  readonly versions: readonly ReadVersion[];
  readonly current: ReadVersion;
}

const INDEX_ENTRY_BYTES = 8;
const HEAD_BYTES = 1024 * 1024;

const sizeOf = async (path: string): Promise<number | null> => {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

const kindOf = async (path: string): Promise<DatasetKind> => {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.toString('utf8', 0, bytesRead);
    const line = head.slice(0, head.indexOf('\n'));
    // A line longer than that is a conversation in all likelihood, and its keys come first.
    if (/"chosen":/.test(line) && /"rejected":/.test(line)) return 'preference';
    if (/"completion":/.test(line) && /"label":/.test(line)) return 'kto';
    return /"messages":/.test(line) ? 'sft' : 'text';
  } finally {
    await file.close();
  }
};

/** An empty one where nothing readable was written down of how the version was made. */
const recipeIn = async (dir: string): Promise<ReadVersion['recipe']> => {
  try {
    const kept = VersionRecipe.safeParse(JSON.parse(await readFile(join(dir, RECIPE_FILE), 'utf8')));
    return kept.success ? kept.data : {};
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return {};
    throw error;
  }
};

type AgedVersion = ReadVersion & { readonly age: number };

/** A version's folder, named by the hash of its records; null where it is not what its name says. */
const readVersion = async (dir: string, sha256: string): Promise<AgedVersion | null> => {
  const path = join(dir, RECORDS_FILE);
  const [size_bytes, indexBytes, source_bytes] = await Promise.all([
    sizeOf(path),
    sizeOf(join(dir, RECORDS_INDEX_FILE)),
    sizeOf(join(dir, SOURCE_FILE)),
  ]);
  if (size_bytes === null || indexBytes === null || (await hashFile(path)) !== sha256) return null;
  return {
    sha256,
    source_sha256: source_bytes === null ? null : await hashFile(join(dir, SOURCE_FILE)),
    dir,
    records: indexBytes / INDEX_ENTRY_BYTES - 1,
    size_bytes,
    source_bytes: source_bytes ?? 0,
    kind: await kindOf(path),
    recipe: await recipeIn(dir),
    age: (await stat(dir)).mtimeMs,
  };
};

interface Known {
  readonly isCurrent: (version: ReadVersion) => boolean;
  readonly isUsed: (version: ReadVersion) => boolean;
}

/**
 * An edit publishes its folder before the row that makes it a version, and renames the current file after it.
 * Killed in between it has left the name that it announced: nobody saw that folder as a version. Times say
 * nothing of it: folders are copied, and what is left unfinished may be a look at another edit.
 */
const withoutUnfinished = async (
  datasetDir: string,
  versions: readonly AgedVersion[],
  { isCurrent, isUsed }: Known,
): Promise<readonly AgedVersion[]> => {
  const unfinished = new Set(await announcedOf(datasetDir));
  if (!versions.some(isCurrent)) return versions;
  return versions.filter(
    (version) => !unfinished.has(version.sha256) || isCurrent(version) || isUsed(version),
  );
};

/**
 * A user's datasets as their folders have them; a file without usable records is none. `isUsed` says whether
 * a run was made of a version.
 */
export const readDatasets = async (
  userDir: string,
  isUsed: (id: string, sha256: string) => boolean,
): Promise<ReadDataset[]> => {
  const datasets: ReadDataset[] = [];
  for (const id of await namesIn(userDir)) {
    if (!z.uuid().safeParse(id).success) continue;
    const datasetDir = join(userDir, id);
    const versionsDir = join(datasetDir, 'versions');
    const found = await Promise.all(
      (await namesIn(versionsDir)).map((sha256) => readVersion(join(versionsDir, sha256), sha256)),
    );
    const isCurrent = await currentBy(join(datasetDir, RECORDS_FILE));
    const whole = await withoutUnfinished(
      datasetDir,
      found.filter((version) => version !== null),
      { isCurrent, isUsed: ({ sha256 }) => isUsed(id, sha256) },
    );
    const versions = whole.toSorted(
      (left, right) => Number(isCurrent(left)) - Number(isCurrent(right)) || left.age - right.age,
    );
    const current = versions.at(-1);
    if (current !== undefined) datasets.push({ id, versions, current });
  }
  return datasets;
};

const currentBy = async (path: string): Promise<(version: ReadVersion) => boolean> => {
  const sha256 = (await sizeOf(path)) === null ? null : await hashFile(path);
  return (version) => version.sha256 === sha256;
};
