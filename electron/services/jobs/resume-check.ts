import type { AsyncRepositories } from '../../db/async-repositories';
import { AppError } from '../../../src/lib/messages/app-error';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import { isMissing } from '../trainer/file-errors';
import type { Resumption } from '../trainer/one-shot';
import { hashFile } from './checkpoint-check';
import { type DiskCheckOptions, diskShortage } from './disk-check';
import { type Paths, runDirOf } from './paths';
import { refused } from './refusals';
import { readJobFile } from './run-folder';
import { deviceFor } from './scheduler';

export interface ResumeCheckOptions extends DiskCheckOptions {
  readonly repositories: Pick<AsyncRepositories, 'records' | 'baseModels'>;
  readonly paths: Paths;
  /** Cards by UUID, and `cpu`. */
  readonly devices: () => Promise<readonly string[]>;
  /** What the trainer says of a run folder before it loads a model; it refuses by an error of its own. */
  readonly mayResume: (runDir: string, device: string) => Promise<Resumption>;
}

interface Wish {
  /** Goes on although that is not bit for bit the run that began. */
  readonly inexact: boolean;
}

const refuse = (message: string, hint: string): AppError => refused('resume_refused', message, hint);

const noCheckpoint = (): AppError =>
  refuse(
    'There is no whole checkpoint to go on from.',
    'Retry it: that begins a new run with the same settings.',
  );

/** Faults of the runtime, which say nothing about the run. */
const UNASKED = new Set(['runtime_missing', 'trainer_failed']);

const datasetHash = async (path: string): Promise<string | null> => {
  try {
    return await hashFile(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

/** What is seen in a moment, before the trainer is started. */
const refuseAtSight = async (job: TrainingJob, options: ResumeCheckOptions): Promise<void> => {
  const { dataset } = await readJobFile(runDirOf(options.paths, job.id)).catch((error: unknown) => {
    throw isMissing(error)
      ? refuse('The folder of this run is gone.', 'Retry it: that makes a new run.')
      : error;
  });
  const checkpoints = await options.repositories.records.checkpoints(job.id);
  if (job.status !== 'interrupted' && checkpoints.every(({ pruned }) => pruned)) throw noCheckpoint();
  const shortage = await diskShortage(job, options);
  if (shortage !== null) throw refuse(shortage, 'Free space on that drive, then resume it.');
  if ((await datasetHash(dataset.path)) !== dataset.sha256)
    throw refuse(
      `The dataset “${dataset.name}” is no longer what the run began with.`,
      'Retry it as a new run.',
    );
};

const judgedByTrainer = async (
  job: TrainingJob,
  { paths, devices, mayResume }: ResumeCheckOptions,
): Promise<Resumption> => {
  const device = deviceFor(job, await devices()) ?? 'cpu';
  try {
    return await mayResume(runDirOf(paths, job.id), device);
  } catch (error) {
    if (!(error instanceof AppError) || UNASKED.has(error.code)) throw error;
    throw refuse(error.message, error.hint);
  }
};

/**
 * Throws `resume_refused` where going on would not be the same run, and `resume_not_exact` where it would not be bit for
 * bit and nobody has confirmed that.
 */
export const checkResume = async (
  job: TrainingJob,
  { inexact }: Wish,
  options: ResumeCheckOptions,
): Promise<void> => {
  await refuseAtSight(job, options);
  const { step, changes } = await judgedByTrainer(job, options);
  if (step === null && job.status !== 'interrupted') throw noCheckpoint();
  if (changes.length > 0 && !inexact)
    throw refused(
      'resume_not_exact',
      `The run would go on, but not bit for bit as it began: ${changes.join(', ')}.`,
      'Put that back as it was, or retry it as a new run.',
    );
};
