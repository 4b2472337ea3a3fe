import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobFile } from '../../../src/lib/types/run-folder';
import type { TrainerEvent } from '../../../src/lib/types/trainer-events';
import { readJobFile } from '../jobs/run-folder';
import { readEvents } from '../metrics/event-file';
import { isMissing } from '../trainer/file-errors';

/** What a run folder knows of its run. */
export interface ReadRun {
  readonly file: JobFile;
  readonly events: readonly TrainerEvent[];
}

/** Names of a folder's entries; none where it is not there. */
export const namesIn = async (folder: string): Promise<string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

/** Every run folder, oldest first, and the names of those that cannot be read. */
export const readRuns = async (
  runsDir: string,
): Promise<{ readonly runs: ReadRun[]; readonly unreadable: string[] }> => {
  const runs: ReadRun[] = [];
  const unreadable: string[] = [];
  for (const name of await namesIn(runsDir)) {
    // One that was never finished is swept with the next run; it holds nothing.
    if (name.endsWith('.new')) continue;
    try {
      const file = await readJobFile(join(runsDir, name));
      runs.push({ file, events: (await readEvents(join(runsDir, name))).events });
    } catch {
      unreadable.push(name);
    }
  }
  const age = ({ file }: ReadRun): string => file.created_at;
  return { runs: runs.toSorted((left, right) => age(left).localeCompare(age(right))), unreadable };
};
