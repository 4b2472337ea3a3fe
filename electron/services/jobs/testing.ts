import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Publisher } from '../../../src/lib/contract/derived';
import type { JobStatus, TrainingJob } from '../../../src/lib/types/lora-training';
import type { HardwareState } from '../../../src/lib/types/system';
import type { AsyncRepositories } from '../../db/async-repositories';
import { isAtWork } from './at-work';
import { openDatabaseHere } from '../../db/client';
import { readyIn } from '../../db/testing';
import { MeasuredMemory } from '../estimate/measured-memory';
import { EstimateService } from '../estimate/estimate-service';
import { ArtifactMaker } from '../models/artifact-maker';
import { ArtifactService } from '../models/artifact-service';
import { type ResumeQuestion, TrainerCommands } from '../models/trainer-commands';
import { createLauncher } from '../trainer/launcher';
import { OneShot } from '../trainer/one-shot';
import type { LaunchTrainer } from './attempt-run';
import { Conclusion } from './conclusion';
import { JobService } from './job-service';
import { type Paths, pathsOf } from './paths';
import { QueueRunner } from './queue-runner';
import { makeRunData } from './run-data';
import { createRunSources } from './run-sources';

const FAKE_TRAINER = join(import.meta.dirname, 'fake-trainer.mjs');
const FINGERPRINT = 'f'.repeat(64);

/** One process of the product over a data directory of its own: real database, real files, a scripted trainer. */
export interface World {
  readonly dir: string;
  readonly paths: Paths;
  readonly repositories: AsyncRepositories;
  readonly dataVersion: () => Promise<number>;
  readonly published: { name: string; payload: unknown }[];
  readonly failures: unknown[];
  readonly runner: QueueRunner;
  readonly jobs: JobService;
  readonly models: ArtifactService;
  readonly oneShot: OneShot;
  readonly dataset_id: string;
  readonly base_model_id: string;
  readonly state: { disk_free_bytes: number };
  readonly estimates: EstimateService;
  readonly hardware: () => HardwareState;
  readonly datasetFile: string;
  create(name: string, options?: { readonly force?: boolean }): Promise<TrainingJob>;
  until(id: string, ...statuses: JobStatus[]): Promise<TrainingJob>;
  close(): Promise<void>;
}

/** An executable that takes Python's place. */
export const fakePython = async (dir: string): Promise<string> => {
  const path = join(dir, 'python');
  await writeFile(path, `#!/bin/sh\nexec "${process.execPath}" "${FAKE_TRAINER}" "$@"\n`);
  await chmod(path, 0o700);
  return path;
};

const record = (index: number): string =>
  JSON.stringify({
    id: `r${index}`,
    source_line: index + 1,
    messages: [
      { role: 'user', content: `Question ${index}?`, trained: false },
      { role: 'assistant', content: `Answer ${index}.`, trained: true },
    ],
  });

const addDataset = async (repositories: AsyncRepositories, paths: Paths) => {
  const id = randomUUID();
  const text = `${Array.from({ length: 20 }, (_, index) => record(index)).join('\n')}\n`;
  const sha256 = createHash('sha256').update(text).digest('hex');
  const folder = `${id}/versions/${sha256}`;
  await mkdir(join(paths.storageDir, 'lora-datasets', folder), { recursive: true });
  const file = join(paths.storageDir, 'lora-datasets', folder, 'dataset.jsonl');
  await writeFile(file, text);
  const described = { storage_path: `${id}/dataset.jsonl`, file_name: 'a.jsonl', file_size: text.length };
  await repositories.datasets.create({ id, name: 'Sample', ...described });
  await repositories.datasets.update(id, { status: 'ready', training_ready: true });
  await repositories.datasetVersions.create({
    dataset_id: id,
    sha256,
    path: folder,
    source_path: null,
    source_sha256: null,
    records: 20,
    size_bytes: text.length,
  });
  return { id, file };
};

const addBaseModel = async (repositories: AsyncRepositories, dir: string): Promise<string> => {
  const config = {
    hidden_size: 8,
    intermediate_size: 8,
    num_hidden_layers: 1,
    num_attention_heads: 1,
    num_key_value_heads: 1,
    head_dim: 8,
    vocab_size: 8,
    tie_word_embeddings: true,
  };
  const model = await repositories.baseModels.upsert({
    name: 'tiny',
    path: join(dir, 'tiny'),
    architecture: 'LlamaForCausalLM',
    parameters: 10,
    dtype: 'float32',
    size_bytes: 10,
    fingerprint: FINGERPRINT,
    has_chat_template: true,
    max_position_embeddings: 512,
    config,
    bundled: false,
    checked_at: new Date().toISOString(),
  });
  return model.id;
};

interface WorldOptions {
  readonly free_bytes?: number | (() => number);
  readonly dir?: string;
  readonly python?: string;
  readonly trainerDir?: string;
  readonly pid?: number;
  readonly stop_patience_ms?: number;
  readonly refused_records?: number;
  readonly devices?: () => Promise<readonly string[]>;
  /** Hears the news as the window does. */
  readonly listener?: Publisher;
  /** What stands between the queue and its trainers. */
  readonly around?: (launch: LaunchTrainer) => LaunchTrainer;
}

const sharedRows = async (repositories: AsyncRepositories, paths: Paths) => {
  const [known] = await repositories.datasets.list();
  const version = known ? await repositories.datasetVersions.current(known.id) : null;
  const dataset =
    known && version
      ? { id: known.id, file: join(paths.storageDir, 'lora-datasets', version.path, 'dataset.jsonl') }
      : await addDataset(repositories, paths);
  const [model] = await repositories.baseModels.list();
  return { dataset, base_model_id: model?.id ?? (await addBaseModel(repositories, paths.dataDir)) };
};

const makingBy = (commands: TrainerCommands, { cacheDir }: Paths) => ({
  app_version: '0.0.0',
  makeData: makeRunData,
  mayResume: (question: ResumeQuestion) => commands.mayResume(question, cacheDir),
  trials: commands,
});

const machine = ({ free_bytes = 16e9 }: WorldOptions, disk_free_bytes: number): HardwareState => ({
  gpus: [],
  problem: 'No NVIDIA card.',
  driver: null,
  cpu_name: 'test',
  cpu_cores: 2,
  cpu_bf16: false,
  memory_total_bytes: 32e9,
  memory_free_bytes: typeof free_bytes === 'number' ? free_bytes : free_bytes(),
  disk_free_bytes,
  disk_total_bytes: 2e11,
});

const keepingNews = (published: World['published'], listener?: Publisher): Publisher => ({
  publish: (name, payload) => {
    published.push({ name, payload });
    listener?.publish(name, payload);
  },
});

const there = async <Row>(row: Promise<Row | null>): Promise<Row> => {
  const found = await row;
  if (!found) throw new Error('not there');
  return found;
};

const COUNTS = { total_tokens: 1000, trained_tokens: 500, kept_tokens: 1000, max: 100, problems: [] };
/** Real formulas over records of a length that is given. */
const estimatesOver = (
  repositories: AsyncRepositories,
  hardware: () => HardwareState,
  refused = 0,
): EstimateService =>
  new EstimateService({
    dataset: (id) => there(repositories.datasets.get(id)),
    baseModel: (id) => there(repositories.baseModels.get(id)),
    hardware: () => Promise.resolve(hardware()),
    isAtWork: () => isAtWork(repositories),
    measuredSpeed: () => Promise.resolve(null),
    measuredMemory: (...asked) => new MeasuredMemory(repositories).of(...asked),
    countTokens: (...[, , max_length]) => Promise.resolve({ ...COUNTS, max_length, problems_total: refused }),
  });

/** What the jobs of a world see of the machine; `state` is for the test to change. */
const machineOf = (options: WorldOptions, repositories: AsyncRepositories, paths: Paths) => {
  const state = { disk_free_bytes: 1e11 };
  const hardware = () => machine(options, state.disk_free_bytes);
  const sources = createRunSources({
    repositories,
    baseModel: (id) => repositories.baseModels.get(id),
    paths,
    hardware: () => Promise.resolve(hardware()),
    isAtWork: () => isAtWork(repositories),
    cost_per_gpu_hour: () => Promise.resolve(0),
  });
  const freeDiskBytes = () => Promise.resolve(state.disk_free_bytes);
  const devices = options.devices ?? (() => Promise.resolve(['cpu']));
  return {
    state,
    hardware,
    sources,
    devices,
    freeDiskBytes,
    measuredMemory: new MeasuredMemory(repositories),
    estimates: estimatesOver(repositories, hardware, options.refused_records),
  };
};

export const openWorld = async (options: WorldOptions = {}): Promise<World> => {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'pipeline-jobs-')));
  const database = openDatabaseHere(readyIn(dir));
  const repositories = database.forUser((await database.profile()).id);
  const paths = { ...pathsOf(dir, dir), ...(options.trainerDir && { trainerDir: options.trainerDir }) };
  const { dataset, base_model_id } = await sharedRows(repositories, paths);
  const [published, failures]: [World['published'], unknown[]] = [[], []];
  const { state, hardware, ...surroundings } = machineOf(options, repositories, paths);
  const publisher = keepingNews(published, options.listener);
  const env = { ...process.env, PIPELINE_PYTHON: options.python ?? (await fakePython(dir)) };
  const places = { env, resourcesDir: dir, trainerDir: paths.trainerDir, cacheDir: paths.cacheDir };
  const oneShot = new OneShot(places);
  const commands = new TrainerCommands(oneShot);
  const common = { repositories, paths, publisher, now: () => new Date().toISOString() };
  const maker = new ArtifactMaker({ ...common, verify: (...asked) => commands.verify(...asked) });
  const conclusion = new Conclusion({ ...common, maker });
  const runner = new QueueRunner({
    ...common,
    conclusion,
    receipt: () => Promise.resolve({ app_version: '0.0.0', lock_hash: 'e'.repeat(64) }),
    launch: (options.around ?? ((launch) => launch))(createLauncher(places)),
    kind: 'app',
    ...surroundings,
    onFailure: (error) => void failures.push(error),
    poll_ms: 50,
    pid: options.pid,
    stop_patience_ms: options.stop_patience_ms,
  });
  const jobs = new JobService({ ...common, ...surroundings, runner, ...makingBy(commands, paths) });
  const models = new ArtifactService({ ...common, commands });
  return {
    dir,
    paths,
    repositories,
    dataVersion: () => database.dataVersion(),
    published,
    failures,
    runner,
    jobs,
    models,
    oneShot,
    state,
    estimates: surroundings.estimates,
    hardware,
    dataset_id: dataset.id,
    base_model_id,
    datasetFile: dataset.file,
    create: (name, insistence) => jobs.create({ ...requestOf(dataset.id, base_model_id), name }, insistence),
    until: (id, ...statuses) => waitUntil(jobs, id, statuses),
    close: async () => {
      await runner.stop();
      await database.close();
    },
  };
};

const requestOf = (dataset_id: string, base_model_id: string) =>
  ({ dataset_id, base_model_id, preset_id: 'balanced', changes: {} }) as const;

const WAIT_MS = 20_000;

const waitUntil = async (
  jobs: JobService,
  id: string,
  statuses: readonly JobStatus[],
): Promise<TrainingJob> => {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const job = await jobs.get(id);
    if (statuses.includes(job.status)) return job;
    const found = `${job.status} (${job.error_code ?? ''} ${job.error_message ?? ''})`;
    if (Date.now() > deadline) throw new Error(`the job is ${found}, not ${statuses.join(' or ')}`);
    await sleep(20);
  }
};

export const removeWorld = (dir: string): Promise<void> => rm(dir, { recursive: true, force: true });
