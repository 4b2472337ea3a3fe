import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetFormat } from '../../../src/lib/types/dataset-records';
import type { RunDataset } from '../../../src/lib/types/run-mixture';
import type { ErrorPayload } from '../../../src/lib/types/system';
import { REBUILD_MARK } from '../../db/restore';
import type { AsyncRepositories } from '../../db/async-repositories';
import type { JobVersion } from '../../db/repositories/jobs';
import type { BaseModelService } from '../base-models/base-model-service';
import { DatasetPaths } from '../datasets/dataset-paths';
import type { DatasetService } from '../datasets/dataset-service';
import { readProblems } from '../datasets/problem-file';
import { summaryOfFiles } from '../datasets/version-row';
import { DATASET_BUCKET, type Paths } from '../jobs/paths';
import type { QueueRunner } from '../jobs/queue-runner';
import { isMissing } from '../trainer/file-errors';
import { type ReadDataset, readDatasets, type ReadVersion } from './read-datasets';
import { type ReadRun, readRuns } from './read-runs';

export interface RebuildOptions {
  readonly repositories: AsyncRepositories;
  readonly baseModels: Pick<BaseModelService, 'add' | 'list'>;
  readonly paths: Paths;
  readonly userId: string;
}

interface Settling {
  readonly datasets: Pick<DatasetService, 'recover' | 'recoverImports'>;
  readonly runner: Pick<QueueRunner, 'settleDead'>;
}

const CPU = { gpu_type: 'cpu', num_gpus: 0, gpu_memory_gb: 0, cost_per_gpu_hour: 0 };

/**
 * Reads runs and datasets that a database put back does not know in from their folders. A run is left
 * at work without a process: the recovery that follows replays its events and ends it as they say.
 */
export const rebuildIfPending = async (options: RebuildOptions): Promise<ErrorPayload | null> => {
  const mark = join(options.paths.dataDir, REBUILD_MARK);
  if (!(await isThere(mark))) return null;
  const { runs, unreadable } = await readRuns(options.paths.runsDir);
  const datasets = await addDatasets(options, { runs, unreadable });
  const failed = [...unreadable];
  let added = 0;
  for (const run of runs) {
    try {
      if (await addRun(options, run)) added += 1;
    } catch {
      // Its folder stays, and so does the mark: it is tried again at the next start.
      failed.push(run.file.name);
    }
  }
  if (failed.length === 0) await rm(mark);
  return told({ added, datasets, failed });
};

/** Puts right at once what was read in, whether this process works the queue or not; see `rebuildIfPending`. */
export const settleRebuilt = async ({ datasets, runner }: Settling): Promise<void> => {
  await datasets.recover();
  await runner.settleDead();
};

/** What no living process works on any more, whether this one will work the queue or not. */
export const settleDead = (services: Settling, isRebuilt: boolean): Promise<void> =>
  isRebuilt ? settleRebuilt(services) : services.datasets.recoverImports();

const told = ({ added, datasets, failed }: { added: number; datasets: number; failed: string[] }) => {
  const read = `Read in again from their folders: runs ${String(added)}, datasets ${String(datasets)}.`;
  const rest = failed.length === 0 ? '' : ` Runs that could not be: ${failed.join(', ')}.`;
  const hint =
    failed.length === 0
      ? 'Names, notes and settings changed since the last copy are missing; runs and models are complete.'
      : 'Put their base models and datasets back where they were and start again; their folders are untouched.';
  return { code: 'database_rebuilt', message: read + rest, hint };
};

const isThere = async (path: string): Promise<boolean> => {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};

interface KnownRuns {
  readonly runs: readonly ReadRun[];
  readonly unreadable: readonly string[];
}

const addDatasets = async (options: RebuildOptions, { runs, unreadable }: KnownRuns): Promise<number> => {
  const { repositories, paths, userId } = options;
  const folders = new DatasetPaths({ ...paths, bucketDir: join(paths.storageDir, DATASET_BUCKET), userId });
  // A run that cannot be read may be of any version.
  const isUsed = (id: string, sha256: string): boolean =>
    unreadable.length > 0 || usesOf(runs, id).some((use) => use.sha256 === sha256);
  let added = 0;
  for (const dataset of await readDatasets(folders.userDir, isUsed)) {
    if ((await repositories.datasets.get(dataset.id)) === null) {
      await addDataset(options, { dataset, folders, runs });
      added += 1;
    }
    for (const version of dataset.versions) {
      const { sha256, source_sha256, records, size_bytes, recipe } = version;
      const files = { ...folders.versionPaths(dataset.id, sha256), source_sha256 };
      await repositories.datasetVersions.create({
        dataset_id: dataset.id,
        sha256,
        records,
        size_bytes,
        recipe,
        summary: summaryIn(version, { dataset, runs }),
        ...files,
      });
    }
  }
  return added;
};

const addDataset = async (
  { repositories }: RebuildOptions,
  found: { dataset: ReadDataset; folders: DatasetPaths; runs: readonly ReadRun[] },
): Promise<void> => {
  const { id, current } = found.dataset;
  await repositories.datasets.create({
    id,
    ...namesFrom(found.runs, id),
    format: formatOf(current, found),
    storage_path: found.folders.storagePath(id),
    file_size: current.source_bytes,
    kind: current.kind,
    status: 'ready',
  });
  await repositories.datasets.update(id, { training_ready: true });
  for await (const batch of readProblems(current.dir))
    await repositories.datasetProblems.insertMany(id, batch);
};

type Used = Pick<RunDataset, 'dataset_id' | 'name' | 'format' | 'sha256'>;

const usesOf = (runs: readonly ReadRun[], id: string): readonly Used[] =>
  runs
    .flatMap(({ file }): readonly Used[] => file.dataset.sources ?? [file.dataset])
    .filter(({ dataset_id }) => dataset_id === id);

/** Only a run's folder holds a dataset's name. */
const namesFrom = (runs: readonly ReadRun[], id: string) => {
  const name = usesOf(runs, id).at(-1)?.name ?? `Dataset ${id.slice(0, 8)}`;
  return { name, file_name: name };
};

interface Found {
  readonly dataset: ReadDataset;
  readonly runs: readonly ReadRun[];
}

const PLAIN = { sft: 'chat', preference: 'preference', kto: 'kto', text: 'text' } as const;

/** As a run of this version says, or one of a version of the same kind; else the plain one of its kind. */
const formatOf = ({ sha256, kind }: ReadVersion, { dataset, runs }: Found): DatasetFormat => {
  const uses = usesOf(runs, dataset.id);
  const alike = new Set(dataset.versions.filter((each) => each.kind === kind).map((each) => each.sha256));
  const known =
    uses.findLast((use) => use.sha256 === sha256) ?? uses.findLast((use) => alike.has(use.sha256));
  return DatasetFormat.safeParse(known?.format).data ?? PLAIN[kind];
};

/** Without it the dataset would keep the kind of the version before, where this one is used again. */
const summaryIn = (version: ReadVersion, found: Found) =>
  summaryOfFiles({
    kind: version.kind,
    format: formatOf(version, found),
    ...(version.source_bytes > 0 && { file_size: version.source_bytes }),
  });

/** False where the database knows all that the run's folder says. */
const addRun = async (options: RebuildOptions, run: ReadRun): Promise<boolean> => {
  const { repositories } = options;
  const id = run.file.job_id;
  const job = await repositories.jobs.get(id);
  const lastSeq = run.events.at(-1)?.seq ?? 0;
  if (job !== null && (job.last_seq >= lastSeq || !isOpen(job.status))) return false;
  if (job === null) await createRun(options, run);
  else if (job.status !== 'queued') await repositories.jobs.requeue(id, [job.status]);
  const numbers = [...new Set(run.events.map(({ attempt }) => attempt))];
  const known = new Set((await repositories.attempts.list(id)).map(({ number }) => number));
  for (const number of numbers.filter((each) => !known.has(each)))
    await repositories.attempts.create({
      job_id: id,
      number,
      pid: null,
      process_started_at: null,
      boot_id: null,
    });
  const attempt = Math.max(0, ...numbers);
  await repositories.jobs.transition(id, { from: ['queued'], to: 'initializing' }, { attempt });
  return true;
};

/** Those at work are the recovery's anyway; those that have ended stay so. */
const isOpen = (status: string): boolean => ['queued', 'paused', 'interrupted', 'failed'].includes(status);

const createRun = async (options: RebuildOptions, { file, events }: ReadRun): Promise<void> => {
  const { repositories } = options;
  const { dataset_id } = file.dataset;
  const versions: JobVersion[] = [];
  for (const source of file.dataset.sources ?? [{ ...file.dataset, weight: 1 }])
    versions.push({ dataset_version_id: await versionOf(options, source), weight: source.weight });
  const hello = events.find((event) => event.event === 'hello');
  const card = {
    gpu_type: hello?.device_name ?? file.device,
    num_gpus: 1,
    gpu_memory_gb: 0,
    cost_per_gpu_hour: 0,
  };
  await repositories.jobs.create(
    {
      id: file.job_id,
      name: file.name,
      dataset_id,
      base_model_id: await baseModelOf(options, file.base_model),
      base_model_fingerprint: file.base_model.fingerprint,
      preset_id: file.preset_id,
      method: file.settings.method,
      hyperparameters: file.settings,
      gpu_config: hello?.device === 'cpu' || file.device === 'cpu' ? CPU : card,
      total_epochs: file.total_epochs,
      total_steps: file.total_steps,
      estimated_total_cost: 0,
      retry_of: null,
      retry_count: 0,
      created_at: file.created_at,
      queued_at: file.created_at,
    },
    versions,
  );
};

const versionOf = async (
  { repositories }: RebuildOptions,
  { dataset_id, sha256 }: Pick<RunDataset, 'dataset_id' | 'sha256'>,
): Promise<string> => {
  const versions = await repositories.datasetVersions.list(dataset_id);
  const version = versions.find((each) => each.sha256 === sha256);
  if (version === undefined) throw new Error('its dataset is gone');
  return version.id;
};

const baseModelOf = async (
  { baseModels }: RebuildOptions,
  { path, name, fingerprint }: ReadRun['file']['base_model'],
): Promise<string> => {
  const known = (await baseModels.list()).find((model) => model.fingerprint === fingerprint);
  return (known ?? (await baseModels.add({ path, name }))).id;
};
