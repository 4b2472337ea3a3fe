import type { Publisher } from '../../../src/lib/contract/derived';
import type { BaseModel } from '../../../src/lib/types/base-model';
import type { Dataset, TrainingJob } from '../../../src/lib/types/lora-training';
import type { ModelArtifact } from '../../../src/lib/types/model-artifact';
import type { AsyncRepositories } from '../../db/async-repositories';
import type { Paths } from '../jobs/paths';
import { RowWatch } from './changed-rows';
import { RunNews } from './run-news';

export interface FollowerOptions {
  readonly repositories: Pick<AsyncRepositories, 'jobs' | 'datasets' | 'artifacts' | 'baseModels'>;
  readonly publisher: Publisher;
  readonly paths: Paths;
  /** Rises when another process has written. */
  readonly dataVersion: () => Promise<number>;
  /** Whether this process runs the queue; then it tells its runs' news itself. */
  readonly ownsQueue: () => boolean;
  readonly onFailure: (thrown: unknown) => void;
  readonly poll_ms?: number;
}

const POLL_MS = 250;

/** Tells what another process, such as a command line, has changed, as if it had happened here. */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #news: RunNews;
  readonly #jobs = new RowWatch<TrainingJob>();
  readonly #datasets = new RowWatch<Dataset>();
  readonly #artifacts = new RowWatch<ModelArtifact>();
  readonly #baseModels = new RowWatch<BaseModel>();
  #version: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#news = new RunNews(options.paths, options.publisher);
  }

  /** Remembers how everything is, and looks from then on. */
  async start(): Promise<void> {
    await this.look();
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  async look(): Promise<void> {
    const version = await this.#options.dataVersion();
    if (version === this.#version) return;
    this.#version = version;
    await this.#lookAtJobs();
    await this.#lookAtTheRest();
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.look()
        .catch(this.#options.onFailure)
        .finally(() => this.#schedule());
    }, this.#options.poll_ms ?? POLL_MS);
    this.#timer.unref();
  }

  async #lookAtJobs(): Promise<void> {
    const { repositories, publisher, ownsQueue } = this.#options;
    const jobs = await repositories.jobs.list();
    const { changed, gone } = this.#jobs.look(jobs);
    for (const job of changed) publisher.publish('jobs.changed', job);
    for (const id of gone) publisher.publish('jobs.removed', { id });
    if (!ownsQueue()) for (const job of jobs) await this.#news.tell(job);
  }

  async #lookAtTheRest(): Promise<void> {
    const { repositories, publisher } = this.#options;
    const { datasets, artifacts, baseModels } = repositories;
    await tell(this.#datasets, datasets, (row) => publisher.publish('datasets.changed', row));
    await tell(this.#artifacts, artifacts, (row) => publisher.publish('models.changed', row));
    const models = this.#baseModels.look(await baseModels.list());
    for (const model of models.changed) publisher.publish('base_models.changed', model);
    for (const id of models.gone) publisher.publish('base_models.removed', { id });
  }
}

/** A row in the bin is in no list any more, but is still there to be told about. */
const tell = async <Row extends { id: string; revision: number }>(
  watch: RowWatch<Row>,
  rows: { list(): Promise<Row[]>; get(id: string): Promise<Row | null> },
  changed: (row: Row) => void,
): Promise<void> => {
  const found = watch.look(await rows.list());
  found.changed.forEach(changed);
  for (const id of found.gone) {
    const row = await rows.get(id);
    if (row) changed(row);
  }
};
