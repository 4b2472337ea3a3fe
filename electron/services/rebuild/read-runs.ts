import { join } from 'node:path';
import { z } from 'zod';
import type { JobFile } from '../../../src/lib/types/run-folder';
import type { TrainerEvent } from '../../../src/lib/types/trainer-events';
import { readJobFile } from '../jobs/run-folder';
import { readEvents } from '../metrics/event-file';
import { namesIn } from '../storage/names-in';

/** What a run folder knows of its run. */
export interface ReadRun {
  readonly file: JobFile;
  readonly events: readonly TrainerEvent[];
}

/** Every run folder, oldest first, and the names of those that cannot be read. */
export const readRuns = async (
  runsDir: string,
): Promise<{ readonly runs: ReadRun[]; readonly unreadable: string[] }> => {
  const runs: ReadRun[] = [];
  const unreadable: string[] = [];
  for (const name of await namesIn(runsDir)) {
    // Nothing else in there is a run: what somebody put beside them, or one that was never finished.
    if (!z.uuid().safeParse(name).success) continue;
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
