import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { mixtureName } from '../../../src/lib/training/mixture';
import { planSteps, type StepPlan } from '../../../src/lib/training/steps';
import type { SplitOptions } from '../../../src/lib/training/split';
import type { BaseModel } from '../../../src/lib/types/base-model';
import type { SplitFile } from '../../../src/lib/types/dataset-records';
import type { PresetId } from '../../../src/lib/types/lora-training';
import {
  JobFile,
  type MemoryPlan,
  RUN_FOLDER_SCHEMA,
  type SamplePrompt,
} from '../../../src/lib/types/run-folder';
import type { TrainingSettings } from '../../../src/lib/types/training-settings';
import { hashFile } from './checkpoint-check';
import { defaultPrompts, splitDataset } from './dataset-scan';
import { refused } from './refusals';
import { type RunSource, splitMixture, writeMixture } from './mixture-file';

const SAMPLE_TOKENS = 80;
const MIXTURE_FILE = 'dataset.jsonl';
/** Each record then says its own. */
const MIXED_FORMAT = 'mixture';

export interface RunFolderRequest {
  readonly job_id: string;
  readonly name: string;
  readonly created_at: string;
  readonly app_version: string;
  /** The first is the run's own; records of several are mixed into one file of the run. */
  readonly sources: readonly [RunSource, ...RunSource[]];
  readonly base_model: BaseModel;
  readonly settings: TrainingSettings;
  readonly preset_id: PresetId;
  readonly device: JobFile['device'];
  readonly sample_prompts: readonly SamplePrompt[] | undefined;
  /** How the run is laid out so that it fits; nothing where it fits by itself. */
  readonly memory: MemoryPlan | undefined;
}

interface Parts {
  readonly dataset: JobFile['dataset'];
  readonly plan: StepPlan;
  readonly prompts: readonly SamplePrompt[];
}

const jobFile = (request: RunFolderRequest, { dataset, plan, prompts }: Parts): JobFile =>
  JobFile.parse({
    schema: RUN_FOLDER_SCHEMA,
    job_id: request.job_id,
    name: request.name,
    created_at: request.created_at,
    app_version: request.app_version,
    dataset,
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
    memory: request.memory,
  } satisfies Record<keyof JobFile, unknown>);

// The hash first: a file that was changed may not even be one of records.
const refuseChanged = async ({ dataset, version }: RunSource): Promise<void> => {
  if ((await hashFile(version.path)) === version.sha256) return;
  throw refused('dataset_changed', `The file of “${dataset.name}” was changed on disk.`, 'Import it again.');
};

interface Data {
  readonly dataset: JobFile['dataset'];
  readonly split: SplitFile;
  /** Where the records are while the folder is made. */
  readonly path: string;
}

const dataOfOne = async ({ dataset, version }: RunSource, options: SplitOptions): Promise<Data> => ({
  dataset: {
    dataset_id: dataset.id,
    dataset_version_id: version.id,
    name: dataset.name,
    sha256: version.sha256,
    path: version.path,
    format: dataset.format,
    records: version.records,
  },
  split: await splitDataset(version.path, options),
  path: version.path,
});

const dataOfMixture = async (
  { sources }: RunFolderRequest,
  folders: { readonly staging: string; readonly runDir: string },
  options: SplitOptions,
): Promise<Data> => {
  const path = join(folders.staging, MIXTURE_FILE);
  const sha256 = await writeMixture(path, sources);
  const split = await splitMixture(path, sources, options);
  const formats = new Set(sources.map(({ dataset }) => dataset.format));
  const [{ dataset, version }] = sources;
  return {
    dataset: {
      dataset_id: dataset.id,
      dataset_version_id: version.id,
      name: mixtureName(sources.map(({ dataset: { name }, weight }) => ({ name, weight }))),
      sha256,
      path: join(folders.runDir, MIXTURE_FILE),
      format: formats.size === 1 ? dataset.format : MIXED_FORMAT,
      // As many as an epoch sees and as are held out.
      records: split.train.length + split.held_out.length,
      sources: sources.map((each) => ({
        dataset_id: each.dataset.id,
        dataset_version_id: each.version.id,
        name: each.dataset.name,
        sha256: each.version.sha256,
        format: each.dataset.format,
        weight: each.weight,
      })),
    },
    split,
    path,
  };
};

/** Writes the folder of a new run beside its place and moves it there whole. */
export const writeRunFolder = async (runDir: string, request: RunFolderRequest): Promise<JobFile> => {
  for (const source of request.sources) await refuseChanged(source);
  const { seed, validation_share } = request.settings;
  const options = { seed, share: validation_share };
  const staging = `${runDir}.new`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true, mode: 0o700 });
  try {
    const file = await fillFolder(request, { staging, runDir }, options);
    await rename(staging, runDir);
    return file;
  } catch (error) {
    // A copy of all the data must not stay where a disk was full.
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
};

const fillFolder = async (
  request: RunFolderRequest,
  folders: { readonly staging: string; readonly runDir: string },
  options: SplitOptions,
): Promise<JobFile> => {
  const [first] = request.sources;
  const { dataset, split, path } =
    request.sources.length === 1
      ? await dataOfOne(first, options)
      : await dataOfMixture(request, folders, options);
  if (split.train.length === 0)
    throw refused('dataset_empty', `“${dataset.name}” has no record to train on.`, 'Import more records.');
  const prompts = request.sample_prompts ?? (await defaultPrompts(path, split));
  const file = jobFile(request, { dataset, plan: planSteps(split.train.length, request.settings), prompts });
  const write = (name: string, text: string) =>
    writeFile(join(folders.staging, name), `${text}\n`, { mode: 0o600 });
  await write('job.json', JSON.stringify(file, null, 2));
  await write('split.json', JSON.stringify(split));
  return file;
};

export const readJobFile = async (runDir: string): Promise<JobFile> =>
  JobFile.parse(JSON.parse(await readFile(join(runDir, 'job.json'), 'utf8')));
