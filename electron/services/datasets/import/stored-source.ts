import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, stat } from 'node:fs/promises';
import { fileChunks } from '../readers/file-chunks';
import type { CopiedSource, CopyHooks } from './source-file';

interface StoredSource {
  readonly path: string;
  /** What it was when it was imported; null where nobody wrote it down. */
  readonly sha256: string | null;
}

/** What `importFailed` knows by its code. */
export const SOURCE_DAMAGED = 'source_damaged';

/**
 * Gives a new version the original that the dataset keeps already: a second name for the same bytes,
 * once they have proved to be those that were imported.
 */
export async function linkStoredSource(
  source: StoredSource,
  target: string,
  { signal, onBytes }: CopyHooks,
): Promise<CopiedSource> {
  const { size } = await stat(source.path);
  const hash = createHash('sha256');
  const onChunk = (done: number) => {
    onBytes(done, size);
  };
  for await (const chunk of fileChunks(source.path, { signal, onBytes: onChunk })) hash.update(chunk);
  const sha256 = hash.digest('hex');
  if (source.sha256 !== null && sha256 !== source.sha256)
    throw Object.assign(new Error('the kept original has changed'), { code: SOURCE_DAMAGED });
  await linkOrCopy(source.path, target);
  return { sha256, sizeBytes: size, linkTarget: null };
}

const WITHOUT_LINKS = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK', 'ENOSYS']);

async function linkOrCopy(path: string, target: string): Promise<void> {
  try {
    await link(path, target);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!WITHOUT_LINKS.has(code)) throw error;
    await copyFile(path, target, constants.COPYFILE_FICLONE);
  }
}
