import { open } from 'node:fs/promises';
import { CHUNK_BYTES } from './limits';

export interface ChunkOptions {
  readonly signal?: AbortSignal;
  readonly onBytes?: (total: number) => void;
}

/** What a file may have grown by meanwhile is found with this much. */
const MIN_CHUNK_BYTES = 4096;

/** Room for the next chunk where so many bytes are left. */
export const chunkBytes = (leftBytes: number): number =>
  Math.min(CHUNK_BYTES, Math.max(MIN_CHUNK_BYTES, leftBytes));

/** The file's bytes in order; every chunk is a buffer of its own. */
export async function* fileChunks(
  path: string,
  { signal, onBytes }: ChunkOptions = {},
): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    for (let total = 0; ;) {
      signal?.throwIfAborted();
      const room = chunkBytes(size - total);
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(room), 0, room, null);
      if (bytesRead === 0) return;
      total += bytesRead;
      onBytes?.(total);
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

export async function readHead(path: string, sizeBytes: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(sizeBytes), 0, sizeBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
