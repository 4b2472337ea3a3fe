import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { Checkpoint } from '../../../src/lib/types/job-records';
import { isMissing } from '../trainer/file-errors';

const MANIFEST = 'manifest.json';

const Manifest = z.object({
  files: z.record(z.string(), z.object({ size_bytes: z.int(), sha256: z.string() })),
});

export const hashFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
};

const holdsItsFiles = async (folder: string, manifest: z.infer<typeof Manifest>): Promise<boolean> => {
  for (const [name, expected] of Object.entries(manifest.files)) {
    const path = join(folder, ...name.split('/'));
    const found = await stat(path);
    if (!found.isFile() || found.size !== expected.size_bytes) return false;
    if ((await hashFile(path)) !== expected.sha256) return false;
  }
  return true;
};

/** Whether a checkpoint is still what its manifest says, file by file. */
export const isWhole = async (folder: string): Promise<boolean> => {
  try {
    const file = join(folder, MANIFEST);
    // A pipe in its place would be waited for.
    if (!(await stat(file)).isFile()) return false;
    const manifest = Manifest.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return manifest.success && (await holdsItsFiles(folder, manifest.data));
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return false;
    throw error;
  }
};

/** The newest checkpoint that can be resumed from, or the best where `best` is asked for. */
export const findCheckpoint = async (
  runDir: string,
  checkpoints: readonly Checkpoint[],
  prefer: 'newest' | 'best' = 'newest',
): Promise<Checkpoint | null> => {
  const isBest = ({ best }: Checkpoint): number => Number(prefer === 'best' && best);
  const order = checkpoints
    .filter(({ pruned }) => !pruned)
    .toSorted((left, right) => isBest(right) - isBest(left) || right.step - left.step);
  for (const checkpoint of order) {
    if (await isWhole(join(runDir, ...checkpoint.path.split('/')))) return checkpoint;
  }
  return null;
};
