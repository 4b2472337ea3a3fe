import { z } from 'zod';
import type { AsyncRepositories } from '../../db/async-repositories';
import { AppError } from '../../../src/lib/messages/app-error';
import type { Checkpoint } from '../../../src/lib/types/job-records';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { JobFile } from '../../../src/lib/types/run-folder';
import { isMissing } from '../trainer/file-errors';
import type { ResumeQuestion } from '../models/trainer-commands';
import type { Resumption } from '../trainer/one-shot';
import type { RunInputs } from '../trainer/run-inputs';
import { hashFile } from './checkpoint-check';
import { type DiskCheckOptions, diskShortage } from './disk-check';
import { findInputs } from './find-inputs';
import { type Paths, runDirOf } from './paths';
import { refused } from './refusals';
import { doubtOf, lossesOf, unjudged } from './resume-doubts';
import { readJobFile } from './run-folder';
import { deviceFor } from './scheduler';

export interface ResumeCheckOptions extends DiskCheckOptions {
  readonly repositories: Pick<AsyncRepositories, 'records' | 'baseModels' | 'datasetVersions'>;
  readonly paths: Paths;
  /** Cards by UUID, and `cpu`. */
  readonly devices: () => Promise<readonly string[]>;
  /** What the trainer says of a run folder before it loads a model; it refuses by an error of its own. */
  readonly mayResume: (question: ResumeQuestion) => Promise<Resumption>;
}

interface Wish {
  /** Goes on whatever is to be asked first: not bit for bit, with steps trained again, or unchecked. */
  readonly inexact: boolean;
  /** Gives the check up. */
  readonly signal: AbortSignal;
}

const refuse = (message: string, hint: string): AppError => refused('resume_refused', message, hint);

const NEW_RUN = 'Retry it: that makes a new run with the same settings.';

/** The trainer's words for a run folder that is not as it was made. */
const DAMAGED = new Set(['job_invalid', 'split_invalid', 'plan_mismatch', 'run_folder_unreadable']);

const unreadable = (error: unknown): AppError =>
  isMissing(error)
    ? refuse('The folder of this run is gone.', NEW_RUN)
    : refuse(`The file job.json of this run cannot be used: ${faultOf(error)}.`, NEW_RUN);

const faultOf = (error: unknown): string => {
  if (error instanceof SyntaxError) return 'it is cut off or damaged';
  if (!(error instanceof z.ZodError)) return 'it cannot be read as a file';
  const [issue] = error.issues;
  const where = issue?.path.join('.') ?? '';
  return where === '' ? (issue?.message ?? 'it is none') : `“${where}” is missing or not as it was made`;
};

const noCheckpoint = (losses: readonly string[] = []): AppError =>
  refuse(['There is no whole checkpoint to go on from.', ...losses].join(' '), NEW_RUN);

const datasetHash = async (path: string): Promise<string | null> => {
  try {
    return await hashFile(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

interface Seen {
  /** Those on record. */
  readonly checkpoints: readonly Checkpoint[];
  readonly inputs: RunInputs;
}

const refuseOtherDataset = async ({ dataset }: JobFile, path: string): Promise<void> => {
  const found = await datasetHash(path);
  if (found === null)
    throw refuse(
      `The dataset “${dataset.name}” is not found at ${path}.`,
      'Put it back there, or retry it as a new run.',
    );
  if (found !== dataset.sha256)
    throw refuse(
      `The dataset “${dataset.name}” is no longer what the run began with.`,
      'Retry it as a new run.',
    );
};

/** What is seen in a moment, before the trainer is started. */
const refuseAtSight = async (job: TrainingJob, options: ResumeCheckOptions): Promise<Seen> => {
  const file = await readJobFile(runDirOf(options.paths, job.id)).catch((error: unknown) => {
    throw unreadable(error);
  });
  const checkpoints = await options.repositories.records.checkpoints(job.id);
  if (job.status !== 'interrupted' && checkpoints.every(({ pruned }) => pruned)) throw noCheckpoint();
  const shortage = await diskShortage(job, options);
  if (shortage !== null) throw refuse(shortage, 'Free space on that drive, then resume it.');
  const inputs = await findInputs(file, options);
  await refuseOtherDataset(file, inputs.dataset);
  return { checkpoints, inputs };
};

/** What the trainer says of the run, or why it said nothing. */
const judgedByTrainer = async (
  job: TrainingJob,
  asked: Pick<ResumeQuestion, 'inputs' | 'signal'>,
  { paths, devices, mayResume }: ResumeCheckOptions,
): Promise<Resumption | AppError> => {
  const device = deviceFor(job, await devices()) ?? 'cpu';
  try {
    return await mayResume({ ...asked, runDir: runDirOf(paths, job.id), device });
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'runtime_missing') throw error;
    if (error.code === 'trainer_failed') return unjudged(error);
    throw refuse(error.message, DAMAGED.has(error.code) ? NEW_RUN : error.hint);
  }
};

/**
 * Throws `resume_refused` where going on would not be the same run. Where nobody has confirmed it, also `resume_repeats`
 * where steps are trained again that a checkpoint had kept, `resume_not_exact` where it would not be bit for bit, and
 * `resume_unchecked` where the trainer could not say.
 */
export const checkResume = async (
  job: TrainingJob,
  { inexact, signal }: Wish,
  options: ResumeCheckOptions,
): Promise<void> => {
  const { checkpoints, inputs } = await refuseAtSight(job, options);
  const judged = await judgedByTrainer(job, { inputs, signal }, options);
  if (!(judged instanceof AppError) && judged.step === null && job.status !== 'interrupted')
    throw noCheckpoint(lossesOf(checkpoints, judged));
  const doubt = judged instanceof AppError ? judged : doubtOf(job, checkpoints, judged);
  if (doubt && !inexact) throw doubt;
};
