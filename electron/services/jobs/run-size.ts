import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import { MODEL_BUCKET, inBucket, type Paths, runDirOf } from './paths';

/** In bytes; a folder that is not there, or a file that goes meanwhile, holds nothing. */
const folderSize = async (dir: string): Promise<number> => {
  const files = await readdir(dir, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    files.map(async (file) => {
      const found = await lstat(join(dir, file)).catch(() => null);
      return found?.isFile() ? found.size : 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
};

/** What a run holds on the disk in bytes: its folder, and the model that came of it. */
export const runSize = async (paths: Paths, { id, user_id }: TrainingJob): Promise<number> => {
  const [run, model] = await Promise.all([
    folderSize(runDirOf(paths, id)),
    folderSize(inBucket(paths, MODEL_BUCKET, `${user_id}/${id}`)),
  ]);
  return run + model;
};

/** The one that was completed last. */
export const lastCompleted = (jobs: readonly TrainingJob[]): TrainingJob | undefined =>
  jobs
    .filter(({ status }) => status === 'completed')
    .toSorted((one, other) => (one.completed_at ?? '').localeCompare(other.completed_at ?? ''))
    .at(-1);
