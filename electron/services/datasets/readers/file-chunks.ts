import { open } from 'node:fs/promises';
import { CHUNK_BYTES } from './limits';

export interface ChunkOptions {
  readonly signal?: AbortSignal;
  readonly onBytes?: (total: number) => void;
}

/** The file's bytes in order; every chunk is a buffer of its own. */
export async function* fileChunks(
  path: string,
  { signal, onBytes }: ChunkOptions = {},
): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  try {
    for (let total = 0; ;) {
      signal?.throwIfAborted();
      const { bytesRead, buffer } = await file.read(
        Buffer.allocUnsafeSlow(CHUNK_BYTES),
        0,
        CHUNK_BYTES,
        null,
      );
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
