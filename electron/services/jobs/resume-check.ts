import type { AsyncRepositories } from '../../db/async-repositories';
import { AppError } from '../../../src/lib/messages/app-error';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import { isMissing } from '../trainer/file-errors';
import { findCheckpoint, hashFile } from './checkpoint-check';
import { type DiskCheckOptions, diskShortage } from './disk-check';
import { type Paths, runDirOf } from './paths';
import { refused } from './refusals';
import { readJobFile } from './run-folder';
import type { RunSources } from './sources';

export interface ResumeCheckOptions extends DiskCheckOptions {
  readonly repositories: Pick<AsyncRepositories, 'records' | 'baseModels'>;
  readonly sources: Pick<RunSources, 'fingerprint'>;
  readonly paths: Paths;
}

const refuse = (message: string, hint: string): AppError => refused('resume_refused', message, hint);

const datasetHash = async (path: string): Promise<string | null> => {
  try {
    return await hashFile(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

const fingerprintOf = async (
  sources: Pick<RunSources, 'fingerprint'>,
  path: string,
): Promise<string | null> => {
  try {
    return await sources.fingerprint(path);
  } catch (error) {
    if (error instanceof AppError || isMissing(error)) return null;
    throw error;
  }
};

/** Throws `resume_refused` where going on would not be the same run. */
export const checkResume = async (job: TrainingJob, options: ResumeCheckOptions): Promise<void> => {
  const runDir = runDirOf(options.paths, job.id);
  const file = await readJobFile(runDir).catch((error: unknown) => {
    throw isMissing(error)
      ? refuse('The folder of this run is gone.', 'Retry it: that makes a new run.')
      : error;
  });
  if ((await datasetHash(file.dataset.path)) !== file.dataset.sha256)
    throw refuse(
      `The dataset “${file.dataset.name}” is no longer what the run began with.`,
      'Retry it as a new run.',
    );
  if ((await fingerprintOf(options.sources, file.base_model.path)) !== file.base_model.fingerprint)
    throw refuse(
      `The base model “${file.base_model.name}” is no longer what the run began with.`,
      'Put the original files back, or retry it as a new run.',
    );
  const shortage = await diskShortage(job, options);
  if (shortage !== null) throw refuse(shortage, 'Free space on that drive, then resume it.');
  if (job.status === 'interrupted') return;
  if ((await findCheckpoint(runDir, await options.repositories.records.checkpoints(job.id))) === null)
    throw refuse(
      'There is no whole checkpoint to go on from.',
      'Retry it: that begins a new run with the same settings.',
    );
};
