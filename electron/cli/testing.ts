import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Publisher } from '../../src/lib/contract/derived';
import { BaseModelService, BUNDLED_MODEL } from '../services/base-models/base-model-service';
import { DatasetNumbers } from '../services/datasets/dataset-numbers';
import { DatasetPaths } from '../services/datasets/dataset-paths';
import { DatasetPreviews } from '../services/datasets/dataset-previews';
import { previewFile } from '../services/datasets/import/preview-file';
import { ReadingMemory } from '../services/datasets/reading-memory';
import { DatasetService } from '../services/datasets/dataset-service';
import { importFile } from '../services/datasets/import/import-file';
import { makeRunData } from '../services/jobs/run-data';
import { DATASET_BUCKET } from '../services/jobs/paths';
import { openWorld, removeWorld, type World } from '../services/jobs/testing';
import { Doctor } from '../services/runtime/doctor';
import { SettingsService } from '../services/settings/settings-service';
import { ServeProcess } from '../services/trainer/serve-process';
import type { CliApp } from './io';
import { runCli } from './run-cli';
import type { StopKind } from './stop-signals';

const RESOURCES = join(import.meta.dirname, '..', '..', 'resources');

const seenAt = (max_length: unknown) => ({
  messages: [{ role: 'user', content: 'Hi', trained: false }],
  text: 'Hi!',
  tokens: [
    { id: 1, text: 'Hi', trained: false, cut: false },
    { id: 2, text: '!', trained: true, cut: false },
  ],
  turns: [{ role: 'user', start: 0, end: 2, trained_tokens: 1, cut: false }],
  total_tokens: 2,
  trained_tokens: 1,
  lost_tokens: 0,
  lost_trained_tokens: 0,
  dropped_turns: 0,
  max_length,
  template: { source: 'own', note: 'Its own.' },
});

interface Counted {
  readonly publisher: Publisher;
  readonly datasets: DatasetService;
  readonly baseModels: BaseModelService;
}

/** The real helper: what it counts is what the commands for it are about. */
const countingOver = ({ repositories, paths }: World, { publisher, datasets, baseModels }: Counted) => {
  const trainerDir = join(RESOURCES, 'trainer');
  const counting = new ServeProcess({ env: process.env, resourcesDir: RESOURCES, trainerDir });
  const numbers = new DatasetNumbers({
    repositories,
    publisher,
    cacheDir: paths.cacheDir,
    dataset: (id) => datasets.get(id),
    currentVersion: (id) => datasets.currentVersion(id),
    baseModel: (id) => baseModels.get(id),
    makeData: makeRunData,
    request: (...asked) => counting.request(...asked),
  });
  return { numbers, counting };
};

/** The services of a command line over a world: real files and database, a scripted trainer. */
const appOver = async (world: World, publisher: Publisher): Promise<CliApp> => {
  const { repositories, paths, runner, dir } = world;
  const hardware = { current: () => Promise.resolve(world.hardware()) };
  const now = () => new Date().toISOString();
  const [known] = await repositories.datasets.list();
  const bundledDir = join(dir, 'models', BUNDLED_MODEL);
  const baseModels = new BaseModelService({ store: repositories.baseModels, publisher, bundledDir, now });
  const settings = new SettingsService({ store: repositories.settings, publisher });
  const memory = new ReadingMemory(repositories.settings);
  const datasets = new DatasetService({
    memory,
    repositories,
    publisher,
    now,
    paths: new DatasetPaths({
      cacheDir: paths.cacheDir,
      bucketDir: join(paths.storageDir, DATASET_BUCKET),
      userId: known?.user_id ?? '',
    }),
    runImport: async (request, onProgress, signal) => {
      const result = await importFile(request, onProgress);
      // The thread of the product ends at once; here the end comes late, but it comes.
      signal.throwIfAborted();
      return result;
    },
    sample: { path: join(dir, 'samples', 'sample.jsonl'), name: 'The sample' },
  });
  const { numbers, counting } = countingOver(world, { publisher, datasets, baseModels });
  const previews = new DatasetPreviews({ memory, runPreview: previewFile });
  const services = {
    ...world,
    datasets,
    previews,
    numbers,
    baseModels,
    settings,
    hardware,
    doctor: new Doctor({
      hardware: hardware.current,
      python: () => Promise.reject(new Error('no runtime here')),
      bundledModelDir: bundledDir,
      dataDir: dir,
    }),
    serve: {
      request: (_method: string, params: Readonly<Record<string, unknown>>) =>
        Promise.resolve(seenAt(params['max_length'])),
    },
  };
  return {
    services,
    start: () => runner.start(),
    stop: async () => {
      await datasets.stop();
      await counting.stop();
      await world.close();
    },
  };
};

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What was printed as JSON, a document a line. */
  readonly documents: () => unknown[];
}

export interface Running {
  readonly ended: Promise<Ended>;
  /** What was printed so far. */
  readonly out: () => string;
  readonly stop: (kind: StopKind) => void;
}

/** One data folder; every command line opens it anew, as a process of its own does. */
export class CliBench {
  readonly dir: string;
  /** What the lease calls the processes of this bench; this one's own number where it is not given. */
  readonly #pid: number | undefined;

  private constructor(dir: string, pid?: number) {
    this.dir = dir;
    this.#pid = pid;
  }

  static async create(): Promise<CliBench> {
    const bench = new CliBench(await mkdtemp(join(tmpdir(), 'cli ü ')));
    await (await bench.world()).close();
    return bench;
  }

  remove(): Promise<void> {
    return removeWorld(this.dir);
  }

  /** Command lines of another process on the same data. */
  beside(pid: number | undefined): CliBench {
    return new CliBench(this.dir, pid);
  }

  /** A process that is no command line. */
  world(): Promise<World> {
    return openWorld({ dir: this.dir, pid: this.#pid });
  }

  async file(name: string, text: string): Promise<string> {
    const path = join(this.dir, name);
    await writeFile(path, text);
    return path;
  }

  async run(...argv: string[]): Promise<Ended> {
    return this.begin(...argv).ended;
  }

  /** A command that goes on. */
  begin(...argv: string[]): Running {
    const [out, err]: [string[], string[]] = [[], []];
    const listeners: ((kind: StopKind) => void)[] = [];
    const code = runCli(argv, {
      stdout: { write: (text) => out.push(text) },
      stderr: { write: (text) => err.push(text) },
      env: { PIPELINE_DATA_DIR: this.dir, PIPELINE_PYTHON: join(this.dir, 'python') },
      resourcesDir: this.dir,
      openApp: async ({ publisher }) => appOver(await this.world(), publisher),
      onStop: (listener) => {
        listeners.push(listener);
        return () => void listeners.splice(listeners.indexOf(listener), 1);
      },
    });
    return {
      ended: code.then((ended) => endedAs(ended, out.join(''), err.join(''))),
      out: () => out.join(''),
      stop: (kind) => listeners.at(-1)?.(kind),
    };
  }
}

const endedAs = (code: number, out: string, err: string): Ended => ({
  code,
  out,
  err,
  documents: () => linesOf(out).map((line): unknown => JSON.parse(line)),
});

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');
