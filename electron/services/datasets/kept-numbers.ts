import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { z } from 'zod';

/** What was kept; null where nothing was, or where it is not what it should be. */
export async function readKept<Kept>(path: string, schema: z.ZodType<Kept>): Promise<Kept | null> {
  try {
    return schema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError || isSystemError(error)) return null;
    throw error;
  }
}

/** Whole or not at all. A disk that is full costs the cache, never the answer. */
export async function writeKept(path: string, value: unknown): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFileAtomic(path, JSON.stringify(value), { mode: 0o600 });
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

const isSystemError = (error: unknown): boolean => error instanceof Error && 'code' in error;
