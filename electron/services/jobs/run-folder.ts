import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { mixtureName } from '../../../src/lib/training/mixture';
import { refuseLongWarmup, splitOf } from '../../../src/lib/training/settings';
import { planSteps, type StepPlan } from '../../../src/lib/training/steps';
import type { BaseModel } from '../../../src/lib/types/base-model';
import type { PresetId } from '../../../src/lib/types/lora-training';
import {
  JobFile,
  type MemoryPlan,
  RUN_FOLDER_SCHEMA,
  type SamplePrompt,
} from '../../../src/lib/types/run-folder';
import type { TrainingSettings } from '../../../src/lib/types/training-settings';
import { hashFile } from './checkpoint-check';
import { refused } from './refusals';
import type { RunData, RunDataMaker, RunDataRequest } from './run-data';
import type { RunSource } from './sources';

const SAMPLE_TOKENS = 64;
export const MIXTURE_FILE = 'dataset.jsonl';
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

const datasetOfOne = ({ dataset, version }: RunSource): JobFile['dataset'] => ({
  dataset_id: dataset.id,
  dataset_version_id: version.id,
  name: dataset.name,
  sha256: version.sha256,
  path: version.path,
  format: dataset.format,
  records: version.records,
});

interface Mixed {
  readonly sha256: string;
  readonly path: string;
  readonly records: number;
}

const datasetOfMixture = (sources: RunFolderRequest['sources'], mixed: Mixed): JobFile['dataset'] => {
  const formats = new Set(sources.map(({ dataset }) => dataset.format));
  const [{ dataset, version }] = sources;
  return {
    dataset_id: dataset.id,
    dataset_version_id: version.id,
    name: mixtureName(sources.map(({ dataset: { name }, weight }) => ({ name, weight }))),
    format: formats.size === 1 ? dataset.format : MIXED_FORMAT,
    ...mixed,
    sources: sources.map((each) => ({
      dataset_id: each.dataset.id,
      dataset_version_id: each.version.id,
      name: each.dataset.name,
      sha256: each.version.sha256,
      format: each.dataset.format,
      weight: each.weight,
    })),
  };
};

const dataRequest = (
  { sources, settings, sample_prompts }: RunFolderRequest,
  staging: string,
): RunDataRequest => ({
  sources: sources.map(({ dataset: { name, format }, version: { path }, weight }) => ({
    path,
    name,
    format,
    weight,
  })),
  mixture_path: sources.length === 1 ? null : join(staging, MIXTURE_FILE),
  split_path: join(staging, 'split.json'),
  split: splitOf(settings),
  wants_prompts: sample_prompts === undefined,
});

/** Writes the folder of a new run beside its place and moves it there whole. */
export const writeRunFolder = async (
  runDir: string,
  request: RunFolderRequest,
  makeData: RunDataMaker,
): Promise<JobFile> => {
  for (const source of request.sources) await refuseChanged(source);
  const staging = `${runDir}.new`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true, mode: 0o700 });
  try {
    const data = await makeData(dataRequest(request, staging));
    const file = jobFile(request, partsOf(request, data, runDir));
    await writeFile(join(staging, 'job.json'), `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
    await rename(staging, runDir);
    return file;
  } catch (error) {
    // A copy of all the data must not stay where a disk was full.
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
};

const partsOf = (request: RunFolderRequest, data: RunData, runDir: string): Parts => {
  const { sources, settings, sample_prompts } = request;
  // As many as an epoch sees and as are held out.
  const records = data.train + data.held_out;
  const dataset =
    data.sha256 === null
      ? datasetOfOne(sources[0])
      : datasetOfMixture(sources, { sha256: data.sha256, path: join(runDir, MIXTURE_FILE), records });
  if (data.train === 0)
    throw refused('dataset_empty', `“${dataset.name}” has no record to train on.`, 'Import more records.');
  const plan = planSteps(data.train, settings);
  refuseLongWarmup(settings, plan.total_steps);
  return { dataset, plan, prompts: sample_prompts ?? data.prompts };
};

export const readJobFile = async (runDir: string): Promise<JobFile> =>
  JobFile.parse(JSON.parse(await readFile(join(runDir, 'job.json'), 'utf8')));
