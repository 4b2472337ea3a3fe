import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

const CHUNK_BYTES = 4 * 1024 * 1024;

export interface CopiedFile {
  readonly sha256: string;
  readonly size_bytes: number;
}

/** A private copy of a file, made and hashed in one reading: adapters may have gigabytes. */
export const copyHashed = async (source: string, target: string): Promise<CopiedFile> => {
  const from = await open(source, 'r');
  try {
    const to = await open(target, 'wx', 0o600);
    try {
      const hash = createHash('sha256');
      const { size } = await from.stat();
      const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, size + 1));
      let size_bytes = 0;
      for (;;) {
        const { bytesRead } = await from.read(buffer, 0, buffer.length, null);
        if (bytesRead === 0) return { sha256: hash.digest('hex'), size_bytes };
        const bytes = buffer.subarray(0, bytesRead);
        hash.update(bytes);
        await to.writeFile(bytes);
        size_bytes += bytesRead;
      }
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
};
