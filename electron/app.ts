import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import type { Publisher } from '../src/lib/contract/derived';
import type { Database } from './db/client';
import { type DataOptions, openData, tell } from './open-data';
import { emptyBin } from './empty-bin';
import { createEstimates } from './estimates';
import { createPacks } from './packs';
import { threadsIn } from './threads';
import { watchNetworkWarnings } from './network-warnings';
import { BaseModelService, BUNDLED_MODEL } from './services/base-models/base-model-service';
import { DatasetNumbers } from './services/datasets/dataset-numbers';
import { DatasetPaths } from './services/datasets/dataset-paths';
import { DatasetPreviews } from './services/datasets/dataset-previews';
import { DatasetService } from './services/datasets/dataset-service';
import { ReadingMemory } from './services/datasets/reading-memory';
import type { EstimateService } from './services/estimate/estimate-service';
import { MeasuredMemory } from './services/estimate/measured-memory';
import { Follower } from './services/follow/follower';
import { HardwareService } from './services/hardware/hardware-service';
import { isAtWork } from './services/jobs/at-work';
import { Conclusion } from './services/jobs/conclusion';
import { JobService } from './services/jobs/job-service';
import { DATASET_BUCKET, pathsOf } from './services/jobs/paths';
import { QueueRunner } from './services/jobs/queue-runner';
import { createRunSources } from './services/jobs/run-sources';
import { ArtifactMaker } from './services/models/artifact-maker';
import { ArtifactService } from './services/models/artifact-service';
import { type ResumeQuestion, TrainerCommands } from './services/models/trainer-commands';
import { NetworkCounter } from './services/network/network-counter';
import { rebuildIfPending, settleDead } from './services/rebuild/rebuild';
import { Doctor } from './services/runtime/doctor';
import { SettingsService } from './services/settings/settings-service';
import { createLauncher } from './services/trainer/launcher';
import { OneShot } from './services/trainer/one-shot';
import { findLockHash, findPython } from './services/trainer/runtime';
import { ServeProcess } from './services/trainer/serve-process';

export const APP_VERSION = packageJson.version;
export const SAMPLE_NAME = 'The lighthouse keeper';
const HARDWARE_EVERY_MS = 5000;

export interface AppOptions extends DataOptions {
  readonly publisher: Publisher;
  readonly kind: 'app' | 'cli';
  /** What was done without being asked. */
  readonly onLog: (sentence: string) => void;
}

/** What everything else stands on. */
const buildGround = async (options: AppOptions, database: Database) => {
  const { dataDir, resourcesDir } = options;
  const { id: userId, name: profile } = await database.profile();
  const repositories = database.forUser(userId);
  const now = () => new Date().toISOString();
  const network = new NetworkCounter({ publisher: options.publisher, now });
  const publisher = watchNetworkWarnings(options.publisher, network);
  const paths = pathsOf(dataDir, resourcesDir);
  const places = { env: process.env, resourcesDir, trainerDir: paths.trainerDir, cacheDir: paths.cacheDir };
  const measuredMemory = new MeasuredMemory(repositories);
  const common = { repositories, paths, publisher, now, measuredMemory };
  const settings = new SettingsService({ store: repositories.settings, publisher });
  const hardware = new HardwareService({ dataDir, publisher });
  return {
    network,
    places,
    common,
    settings,
    hardware,
    isAtWork: () => isAtWork(repositories),
    threads: threadsIn(options.bundleDir),
    userId,
    profile,
    models: join(resourcesDir, 'models'),
  };
};

type Ground = Awaited<ReturnType<typeof buildGround>>;

/** What a run is made of. */
const buildData = ({ resourcesDir }: AppOptions, ground: Ground) => {
  const { common, models, settings, threads, userId } = ground;
  const { repositories, paths, publisher, now } = common;
  const bundledDir = join(models, BUNDLED_MODEL);
  const baseModels = new BaseModelService({
    store: repositories.baseModels,
    publisher,
    now,
    bundledDir,
  });
  const memory = new ReadingMemory(repositories.settings);
  const maxFileBytes = async () => (await settings.get()).dataset_size_limit_bytes;
  const datasets = new DatasetService({
    ...common,
    memory,
    paths: new DatasetPaths({ ...paths, bucketDir: join(paths.storageDir, DATASET_BUCKET), userId }),
    ...threads,
    maxFileBytes,
    sample: { path: join(resourcesDir, 'samples', 'lighthouse-keeper.jsonl'), name: SAMPLE_NAME },
  });
  const previews = new DatasetPreviews({ memory, maxFileBytes, runPreview: threads.runPreview });
  return { baseModels, datasets, previews, bundledDir };
};

/** What makes and works the queue, and what comes of it. */
const buildRuns = (
  options: AppOptions,
  ground: Ground,
  {
    database,
    estimates,
    baseModels,
  }: { database: Database; estimates: EstimateService; baseModels: BaseModelService },
) => {
  const { places, common, settings, hardware } = ground;
  const { repositories, paths } = common;
  const commands = new TrainerCommands(new OneShot(places));
  const freeDiskBytes = () => hardware.freeDiskBytes();
  const devices = () => hardware.devices();
  const maker = createMaker(ground, commands);
  const runner = new QueueRunner({
    ...common,
    conclusion: new Conclusion({ ...common, maker }),
    launch: createLauncher(places),
    receipt: async () => ({ app_version: APP_VERSION, lock_hash: await findLockHash(places) }),
    kind: options.kind,
    devices,
    freeDiskBytes,
    onFailure: options.onFailure,
  });
  const sources = createRunSources({
    repositories,
    baseModel: (id) => baseModels.current(id),
    paths,
    hardware: () => hardware.current(),
    isAtWork: ground.isAtWork,
    cost_per_gpu_hour: async () => (await settings.get()).cost_per_gpu_hour,
  });
  const making = {
    sources,
    app_version: APP_VERSION,
    makeData: ground.threads.makeData,
    estimates,
    freeDiskBytes,
    devices,
    mayResume: (question: ResumeQuestion) => commands.mayResume(question, paths.cacheDir),
    trials: commands,
  };
  const follower = new Follower({
    ...common,
    dataVersion: () => database.dataVersion(),
    ownsQueue: () => runner.owns,
    onFailure: options.onFailure,
  });
  return {
    runner,
    follower,
    jobs: new JobService({ ...common, ...making, runner }),
    models: new ArtifactService({ ...common, commands }),
  };
};

const createMaker = ({ common, settings }: Ground, commands: TrainerCommands) =>
  new ArtifactMaker({
    ...common,
    verify: (...asked) => commands.verify(...asked),
    maxFileBytes: async () => (await settings.get()).model_size_limit_bytes,
  });

const buildServices = async (options: AppOptions, database: Database) => {
  const { dataDir, resourcesDir } = options;
  const ground = await buildGround(options, database);
  const { network, places, common, settings, hardware } = ground;
  const { makeData, scans } = ground.threads;
  const { repositories } = common;
  const { cacheDir } = places;
  const { baseModels, datasets, previews, bundledDir } = buildData(options, ground);
  const doctor = new Doctor({
    hardware: () => hardware.current(),
    python: () => findPython(places),
    bundledModelDir: bundledDir,
    dataDir,
  });
  const serve = new ServeProcess(places);
  // A helper of its own: a look at one record must not wait until a million are counted.
  const counting = new ServeProcess(places);
  const numbers = new DatasetNumbers({
    ...common,
    cacheDir,
    dataset: (id) => datasets.get(id),
    currentVersion: (id) => datasets.currentVersion(id),
    baseModel: (id) => baseModels.current(id),
    makeData,
    scans,
    request: (...asked) => counting.request(...asked),
  });
  const estimates = createEstimates({ datasets, baseModels, numbers, ground });
  const runs = buildRuns(options, ground, { database, estimates, baseModels });
  return {
    ...runs,
    packs: createPacks({ datasets, baseModels, jobs: runs.jobs, serve, hardware, cacheDir, makeData }),
    datasets,
    previews,
    numbers,
    baseModels,
    hardware,
    settings,
    doctor,
    estimates,
    network,
    repositories,
    serve,
    counting,
    dataDir,
    profile: ground.profile,
    samplesDir: join(resourcesDir, 'samples'),
  };
};

export type Services = Awaited<ReturnType<typeof buildServices>>;

/** The whole product without a window: the window and the command line stand on it. */
export interface App {
  readonly services: Services;
  /** Takes the queue, ends what an earlier process left, and works. */
  start(): Promise<void>;
  /** Lets trainers save and leave, then closes everything. */
  stop(): Promise<void>;
}

/** Builds every part in the order in which they need each other; nothing runs before `start`. */
export const createApp = async (options: AppOptions): Promise<App> => {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const database = await openData(options);
  const services = await buildServices(options, database);
  const paths = pathsOf(options.dataDir, options.resourcesDir);
  const rebuilt = await rebuildIfPending({ ...services, paths, userId: (await database.profile()).id });
  if (rebuilt !== null) tell(options, rebuilt);
  await settleDead(services, rebuilt !== null).catch(options.onFailure);
  let stopWatching: () => void = () => undefined;
  return {
    services,
    start: async () => {
      await services.datasets.recover();
      await emptyBin({ ...services, onLog: options.onLog }).catch(options.onFailure);
      await services.baseModels.ensureBundled();
      if (options.kind === 'app') {
        stopWatching = services.hardware.watch(HARDWARE_EVERY_MS, options.onFailure);
        await services.follower.start();
      }
      await services.runner.start();
    },
    stop: async () => {
      stopWatching();
      await services.jobs.stop();
      await services.follower.stop();
      await services.runner.stop();
      await services.datasets.stop();
      await services.previews.stop();
      await services.models.stop();
      await services.serve.stop();
      await services.counting.stop();
      await database.close();
    },
  };
};
