import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AsyncRepositories } from '../../db/async-repositories';
import type { NewJob, RunRequest } from '../../../src/lib/contract/contract';
import { AppError } from '../../../src/lib/messages/app-error';
import { misfitOf } from '../../../src/lib/messages/misfit';
import { refusedRecordsOf } from '../../../src/lib/messages/refused-run';
import { notThere } from '../../../src/lib/messages/not-there';
import { correctionOf } from '../../../src/lib/training/memory-correction';
import { planOfJob, uncounted } from '../../../src/lib/training/memory-plan';
import { limitsOf, resolveSettings } from '../../../src/lib/training/settings';
import type { BaseModel } from '../../../src/lib/types/base-model';
import type { GPUConfig, TrainingJob } from '../../../src/lib/types/lora-training';
import type { LrRange } from '../../../src/lib/types/lr-range';
import type { SamplePrompt } from '../../../src/lib/types/run-folder';
import type { TrainingSettings } from '../../../src/lib/types/training-settings';
import { datasetInBin } from '../datasets/dataset-errors';
import type { EstimateService } from '../estimate/estimate-service';
import type { MeasuredMemory, MemoryProbe } from '../estimate/measured-memory';
import type { ProbedMemory, TrainerCommands } from '../models/trainer-commands';
import type { SweepWatch } from '../trainer/one-shot';
import { refuseUnfit } from './mixture-rules';
import { type Paths, runDirOf } from './paths';
import { refused } from './refusals';
import type { RunDataMaker } from './run-data';
import { type RunFolderRequest, writeRunFolder } from './run-folder';
import type { RunSource, RunSources } from './sources';

export interface JobMakerOptions {
  readonly repositories: AsyncRepositories;
  readonly sources: RunSources;
  readonly paths: Paths;
  readonly now: () => string;
  readonly app_version: string;
  readonly estimates: Pick<EstimateService, 'estimate' | 'atMost'>;
  readonly makeData: RunDataMaker;
  /** What trains a few steps of a run folder, or reckons them, and keeps nothing. */
  readonly trials: Pick<TrainerCommands, 'probe' | 'probeMemory' | 'lrRange'>;
  readonly measuredMemory: Pick<MeasuredMemory, 'of' | 'keep'>;
}

interface Making {
  readonly name: string;
  readonly request: RunRequest;
  readonly sample_prompts: readonly SamplePrompt[] | undefined;
  readonly settings?: TrainingSettings;
  readonly retry_of?: TrainingJob;
  /** Although memory or disk seem not to suffice. */
  readonly force?: boolean;
  /** Asks what the run takes at most, for which no token has to be counted. */
  readonly uncounted?: boolean;
}

interface InPassing {
  readonly folder: Made;
  readonly gpu_config: GPUConfig;
}

type Made = Pick<RunFolderRequest, 'base_model' | 'settings' | 'memory'>;

const probeFrom = (
  found: ProbedMemory,
  { base_model: { parameters, size_bytes, architecture, config }, settings, memory }: Made,
): MemoryProbe => ({
  probed: true,
  model: { parameters, size_bytes, architecture, config },
  settings,
  plan: { recompute_mlps: 0, recompute_layers: 0, ...memory, micro_batch: found.rows },
  path: found.path,
  weight_bytes: found.precision === 'bf16' ? 2 : 4,
  longest_row: found.longest_row_tokens,
  trained_share: found.trained_tokens / found.longest_row_tokens,
  peak_memory_bytes: found.peak_memory_bytes,
});

/** From a wish to a run folder and a row. */
export class JobMaker {
  readonly #options: JobMakerOptions;

  constructor(options: JobMakerOptions) {
    this.#options = options;
  }

  /** Settings of a run that is not made yet, every default resolved. */
  async settings(request: RunRequest): Promise<TrainingSettings> {
    return this.#resolve(request, await this.#baseModel(request.base_model_id));
  }

  /** Writes the run folder, then the row; a job without its folder is never seen. */
  async make(making: Making): Promise<TrainingJob> {
    const { name, retry_of } = making;
    const { repositories, paths, now, makeData } = this.#options;
    const { folder, gpu_config } = await this.#folder(making);
    const { sources, base_model, settings, preset_id } = folder;
    await this.#refuseUnstartable(making, settings);
    const [{ dataset }] = sources;
    const id = randomUUID();
    const runDir = runDirOf(paths, id);
    const file = await writeRunFolder(runDir, { job_id: id, name, created_at: now(), ...folder }, makeData);
    const row = {
      id,
      name,
      dataset_id: dataset.id,
      base_model_id: base_model.id,
      base_model_fingerprint: base_model.fingerprint,
      preset_id,
      method: settings.method,
      hyperparameters: settings,
      gpu_config,
      total_epochs: file.total_epochs,
      total_steps: file.total_steps,
      estimated_total_cost: 0,
      retry_of: retry_of?.id ?? null,
      retry_count: retry_of ? retry_of.retry_count + 1 : 0,
    };
    try {
      return await repositories.jobs.create(
        row,
        sources.map(({ version, weight }) => ({ dataset_version_id: version.id, weight })),
      );
    } catch (error) {
      if (!(await repositories.jobs.get(id))) await rm(runDir, { recursive: true, force: true });
      throw error;
    }
  }

  /** Insisting helps where room seems to be missing, and not where the run is known to stop. */
  async #refuseUnstartable({ request, ...how }: Making, settings: TrainingSettings): Promise<void> {
    const { estimates } = this.#options;
    const needs = how.uncounted
      ? await estimates.atMost(request, settings)
      : await estimates.estimate(request, settings);
    const refusal = refusedRecordsOf(needs) ?? (how.force === true ? null : misfitOf(needs));
    if (refusal) throw new AppError(refusal);
  }

  /** How long an optimizer step of such a run would take here; nothing of it is kept. */
  probe(job: NewJob): Promise<{ readonly step_ms: number }> {
    return this.#inPassing(job, (runDir) => this.#options.trials.probe(runDir));
  }

  /** The most that two steps of such a run hold here, which corrects the estimates from then on; nothing else is kept. */
  probeMemory(job: NewJob, signal: AbortSignal): Promise<void> {
    const { trials, measuredMemory } = this.#options;
    return this.#inPassing(job, async (runDir, { folder, gpu_config }) => {
      const found = await trials.probeMemory(runDir, signal);
      await measuredMemory.keep(probeFrom(found, folder), gpu_config.gpu_type);
    });
  }

  /** What learning rate would suit such a run; nothing of it is kept. */
  lrRange(job: NewJob, steps: number, watch: SweepWatch): Promise<LrRange> {
    return this.#inPassing(job, (runDir) => this.#options.trials.lrRange(runDir, steps, watch));
  }

  async #inPassing<Found>(
    { name, sample_prompts, ...request }: NewJob,
    find: (runDir: string, made: InPassing) => Promise<Found>,
  ): Promise<Found> {
    const made = await this.#folder({ name, request, sample_prompts });
    const id = randomUUID();
    const runDir = join(this.#options.paths.cacheDir, `probe-${id}`);
    try {
      const { now, makeData } = this.#options;
      await writeRunFolder(runDir, { job_id: id, name, created_at: now(), ...made.folder }, makeData);
      return await find(runDir, made);
    } finally {
      await rm(runDir, { recursive: true, force: true });
    }
  }

  async #folder({ request, sample_prompts, settings }: Making) {
    const { app_version } = this.#options;
    const sources = await this.#sources(request);
    const base_model = await this.#baseModel(request.base_model_id);
    const resolved = settings ?? (await this.#resolve(request, base_model));
    const { processes } = resolved;
    const { device, cpu_bf16, gpu_config, free_bytes, beside_bytes } =
      await this.#options.sources.device(processes);
    refuseUnfit(sources, resolved.method);
    const { preset_id } = request;
    const past = await this.#options.measuredMemory.of(base_model.architecture, gpu_config.gpu_type);
    const planned = { model: base_model, settings: resolved, device, cpu_bf16 };
    const run = {
      ...uncounted({ ...planned, correction: correctionOf(past, planned) }),
      beside: beside_bytes,
      processes,
    };
    const made = {
      sources,
      base_model,
      settings: resolved,
      preset_id,
      device,
      memory: planOfJob(run, free_bytes),
    };
    return { gpu_config, folder: { ...made, sample_prompts, app_version } };
  }

  async #resolve(request: RunRequest, base: BaseModel): Promise<TrainingSettings> {
    const { device, cards } = await this.#options.sources.device();
    const { preset_id, changes } = request;
    return resolveSettings({ preset_id, changes, device, cards, ...limitsOf(base) });
  }

  /** The run's own dataset, then what is mixed in. */
  async #sources(request: RunRequest): Promise<[RunSource, ...RunSource[]]> {
    const { dataset_id, weight = 1, more_datasets = [] } = request;
    const first = { ...(await this.#dataset(dataset_id)), weight };
    const others: RunSource[] = [];
    for (const each of more_datasets)
      others.push({ ...(await this.#dataset(each.dataset_id)), weight: each.weight });
    return [first, ...others];
  }

  async #dataset(id: string): Promise<Omit<RunSource, 'weight'>> {
    const dataset = await this.#options.sources.dataset(id);
    if (!dataset) throw notThere('dataset', id);
    if (dataset.deleted_at !== null) throw datasetInBin(dataset);
    if (dataset.status !== 'ready' || !dataset.training_ready)
      throw refused(
        'dataset_not_ready',
        `“${dataset.name}” is not ready for training.`,
        'Look at its problems.',
      );
    const version = await this.#options.sources.currentVersion(id);
    if (!version)
      throw refused('dataset_not_ready', `“${dataset.name}” has no records yet.`, 'Import it again.');
    return { dataset, version };
  }

  async #baseModel(id: string): Promise<BaseModel> {
    const model = await this.#options.sources.baseModel(id);
    if (!model) throw notThere('base model', id);
    return model;
  }
}
