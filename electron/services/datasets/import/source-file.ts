import { createHash } from 'node:crypto';
import { lstat, open, readlink, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { chunkBytes } from '../readers/file-chunks';
import { MAX_FILE_BYTES } from '../readers/limits';
import type { ImportRequest } from './import-request';
import { SourceFault } from './source-fault';

export interface CopiedSource {
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly linkTarget: string | null;
}

export interface CopyHooks {
  readonly signal: AbortSignal;
  readonly onBytes: (done: number, total: number) => void;
}

/** Copies the source to `target` and hashes it; everything else is read from the copy (question 17). */
export async function copySource(
  request: ImportRequest,
  target: string,
  hooks: CopyHooks,
): Promise<CopiedSource> {
  const { source, before, limit, linkTarget } = await openOriginal(request);
  try {
    const sha256 = await copyBytes(source, target, { ...hooks, limit, total: before.size });
    if (hasChanged(before, await source.stat())) throw SourceFault.changed();
    return { sha256, sizeBytes: before.size, linkTarget };
  } finally {
    await source.close();
  }
}

/** Whether the source may be read at all, and where it lies; throws why not. */
export async function lookAtSource(
  request: ImportRequest,
): Promise<{ readonly sizeBytes: number; readonly linkTarget: string | null }> {
  const { source, before, linkTarget } = await openOriginal(request);
  await source.close();
  return { sizeBytes: before.size, linkTarget };
}

async function openOriginal(request: ImportRequest) {
  const linkTarget = await resolveLink(request);
  const source = await explained(() => open(request.sourcePath, 'r'));
  try {
    const before = await source.stat();
    const limit = request.maxBytes ?? MAX_FILE_BYTES;
    if (before.size > limit) throw SourceFault.tooLarge(before.size, limit);
    if (before.size === 0) throw SourceFault.empty();
    return { source, before, limit, linkTarget };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Looked at before opening: opening a device or a pipe would wait for ever. */
async function resolveLink({ sourcePath, followLink }: ImportRequest): Promise<string | null> {
  const entry = await explained(() => lstat(sourcePath));
  if (!entry.isSymbolicLink()) {
    requireRegular(entry);
    return null;
  }
  const target = resolve(dirname(sourcePath), await readlink(sourcePath));
  if (followLink !== true) throw SourceFault.link(target);
  requireRegular(await explained(() => stat(sourcePath)));
  return target;
}

function requireRegular(entry: Stats): void {
  if (entry.isDirectory()) throw SourceFault.folder();
  if (!entry.isFile()) throw SourceFault.device();
}

async function explained<Value>(action: () => Promise<Value>): Promise<Value> {
  try {
    return await action();
  } catch (error) {
    throw SourceFault.fromSystem(error);
  }
}

interface CopyOptions extends CopyHooks {
  readonly limit: number;
  readonly total: number;
}

async function copyBytes(source: FileHandle, target: string, options: CopyOptions): Promise<string> {
  const hash = createHash('sha256');
  const copy = await open(target, 'wx', 0o600);
  try {
    const buffer = Buffer.allocUnsafeSlow(chunkBytes(options.total));
    for (let done = 0; ;) {
      options.signal.throwIfAborted();
      const { bytesRead } = await explained(() => source.read(buffer, 0, buffer.length, null));
      if (bytesRead === 0) break;
      done += bytesRead;
      if (done > options.limit) throw SourceFault.tooLarge(done, options.limit);
      const bytes = buffer.subarray(0, bytesRead);
      hash.update(bytes);
      await copy.writeFile(bytes);
      options.onBytes(done, options.total);
    }
    await copy.sync();
  } finally {
    await copy.close();
  }
  return hash.digest('hex');
}

function hasChanged(before: Stats, after: Stats): boolean {
  return before.size !== after.size || before.mtimeMs !== after.mtimeMs;
}
