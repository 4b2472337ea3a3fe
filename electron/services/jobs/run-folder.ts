import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { planSteps, type StepPlan } from '../../../src/lib/training/steps';
import type { BaseModel } from '../../../src/lib/types/base-model';
import type { Dataset, PresetId } from '../../../src/lib/types/lora-training';
import { JobFile, RUN_FOLDER_SCHEMA, type SamplePrompt } from '../../../src/lib/types/run-folder';
import type { TrainingSettings } from '../../../src/lib/types/training-settings';
import { hashFile } from './checkpoint-check';
import { defaultPrompts, splitDataset } from './dataset-scan';
import { refused } from './refusals';
import type { DatasetVersion } from './sources';

const SAMPLE_TOKENS = 80;

export interface RunFolderRequest {
  readonly job_id: string;
  readonly name: string;
  readonly created_at: string;
  readonly app_version: string;
  readonly dataset: Dataset;
  readonly version: DatasetVersion;
  readonly base_model: BaseModel;
  readonly settings: TrainingSettings;
  readonly preset_id: PresetId;
  readonly device: JobFile['device'];
  readonly sample_prompts: readonly SamplePrompt[] | undefined;
}

const jobFile = (request: RunFolderRequest, plan: StepPlan, prompts: readonly SamplePrompt[]): JobFile =>
  JobFile.parse({
    schema: RUN_FOLDER_SCHEMA,
    job_id: request.job_id,
    name: request.name,
    created_at: request.created_at,
    app_version: request.app_version,
    dataset: {
      dataset_id: request.dataset.id,
      dataset_version_id: request.version.id,
      name: request.dataset.name,
      sha256: request.version.sha256,
      path: request.version.path,
      format: request.dataset.format,
      records: request.version.records,
    },
    base_model: {
      base_model_id: request.base_model.id,
      name: request.base_model.name,
      fingerprint: request.base_model.fingerprint,
      path: request.base_model.path,
      architecture: request.base_model.architecture,
    },
    settings: request.settings,
    preset_id: request.preset_id,
    total_steps: plan.total_steps,
    total_epochs: plan.total_epochs,
    sample_prompts: prompts,
    sample_max_new_tokens: SAMPLE_TOKENS,
    device: request.device,
    threads: availableParallelism(),
  } satisfies Record<keyof JobFile, unknown>);

/** Writes the folder of a new run beside its place and moves it there whole. */
export const writeRunFolder = async (runDir: string, request: RunFolderRequest): Promise<JobFile> => {
  // The hash first: a file that was changed may not even be one of records.
  if ((await hashFile(request.version.path)) !== request.version.sha256)
    throw refused(
      'dataset_changed',
      `The file of “${request.dataset.name}” was changed on disk.`,
      'Import it again.',
    );
  const { seed, validation_share } = request.settings;
  const split = await splitDataset(request.version.path, { seed, share: validation_share });
  if (split.train.length === 0)
    throw refused(
      'dataset_empty',
      `“${request.dataset.name}” has no record to train on.`,
      'Import more records.',
    );
  const prompts = request.sample_prompts ?? (await defaultPrompts(request.version.path, split));
  const file = jobFile(request, planSteps(split.train.length, request.settings), prompts);
  const staging = `${runDir}.new`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true, mode: 0o700 });
  await writeFile(join(staging, 'job.json'), `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  await writeFile(join(staging, 'split.json'), `${JSON.stringify(split)}\n`, { mode: 0o600 });
  await rename(staging, runDir);
  return file;
};

export const readJobFile = async (runDir: string): Promise<JobFile> =>
  JobFile.parse(JSON.parse(await readFile(join(runDir, 'job.json'), 'utf8')));
