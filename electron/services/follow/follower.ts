import type { Publisher } from '../../../src/lib/contract/derived';
import type { AsyncRepositories } from '../../db/async-repositories';
import type { Revisions } from '../../db/repositories/revisions';
import type { Paths } from '../jobs/paths';
import { type ChangedRows, RowWatch } from './changed-rows';
import { RunNews } from './run-news';

export interface FollowerOptions {
  readonly repositories: Pick<
    AsyncRepositories,
    'revisions' | 'jobs' | 'datasets' | 'artifacts' | 'baseModels'
  >;
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
  readonly #jobs = new RowWatch();
  readonly #datasets = new RowWatch();
  readonly #artifacts = new RowWatch();
  readonly #baseModels = new RowWatch();
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
    const isFirst = this.#version === null;
    const revisions = await this.#options.repositories.revisions.all();
    await this.#jobs.look(revisions.jobs, (rows) => this.#tellJobs(rows, isFirst));
    await this.#lookAtTheRest(revisions);
    // Only now: what a failed look has not told is still news.
    this.#version = version;
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

  async #tellJobs({ changed, gone }: ChangedRows, isFirst: boolean): Promise<void> {
    const { repositories, publisher, ownsQueue } = this.#options;
    const jobs = isFirst
      ? await repositories.jobs.unfinished()
      : await rowsOf(changed, (id) => repositories.jobs.get(id));
    for (const job of jobs) {
      if (!isFirst) publisher.publish('jobs.changed', job);
      if (!ownsQueue()) await this.#news.tell(job);
    }
    for (const id of gone) publisher.publish('jobs.removed', { id });
  }

  async #lookAtTheRest(revisions: Revisions): Promise<void> {
    const { repositories, publisher } = this.#options;
    const { datasets, artifacts, baseModels } = repositories;
    // A row in the bin is listed no more, but is still there to be told about.
    await this.#datasets.look(revisions.datasets, async ({ changed, gone }) => {
      for (const row of await rowsOf([...changed, ...gone], (id) => datasets.get(id)))
        publisher.publish('datasets.changed', row);
    });
    await this.#artifacts.look(revisions.artifacts, async ({ changed, gone }) => {
      for (const id of [...changed, ...gone]) {
        const row = await artifacts.get(id);
        // Its run was deleted, and it with it.
        if (row) publisher.publish('models.changed', row);
        else publisher.publish('models.removed', { id });
      }
    });
    await this.#baseModels.look(revisions.baseModels, async ({ changed, gone }) => {
      for (const row of await rowsOf(changed, (id) => baseModels.get(id)))
        publisher.publish('base_models.changed', row);
      for (const id of gone) publisher.publish('base_models.removed', { id });
    });
  }
}

const rowsOf = async <Row>(
  ids: readonly string[],
  get: (id: string) => Promise<Row | null>,
): Promise<Row[]> => (await Promise.all(ids.map(get))).filter((row) => row !== null);
