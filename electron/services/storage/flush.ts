import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** The names in a folder, on the disk: a rename is only then safe from a power cut. */
export const flushFolder = async (folder: string): Promise<void> => {
  // Windows has no handle of a folder to flush.
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** The system's code of a failure; empty where it is another kind of failure. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
