import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import type { MeasuringProgress, StatsRequest, SurveyRequest } from '../../../src/lib/contract/contract';
import { SameAnswer } from '../../../src/lib/same-answer';
import type { Publisher } from '../../../src/lib/contract/derived';
import type { BaseModel } from '../../../src/lib/types/base-model';
import { DatasetStats, DatasetSurvey, FoundRecords } from '../../../src/lib/types/dataset-numbers';
import type { SplitChoice, SplitView } from '../../../src/lib/types/dataset-split';
import type { MixtureLeaks, MixtureLeaksRequest } from '../../../src/lib/types/mixture-leaks';
import { MAX_EDITED_RECORDS } from '../../../src/lib/types/dataset-versions';
import type { Dataset } from '../../../src/lib/types/lora-training';
import type { AsyncRepositories } from '../../db/async-repositories';
import type { RunDataMaker } from '../jobs/run-data';
import type { ServeProcess } from '../trainer/serve-process';
import { datasetNotReady } from './dataset-errors';
import type { CurrentVersion } from './dataset-service';
import { refusedOtherwise } from '../../../src/lib/messages/refused-words';
import { readKept, writeKept } from './kept-numbers';
import { versionCacheDir } from './version-cache';
import { makeSplit } from './make-split';
import { mixtureLeaks } from './mixture-leaks';
import { recordScans } from './record-scans';
import type { RecordScans } from './record-scans';
import { throttled } from './throttle';

export interface DatasetNumbersOptions {
  readonly dataset: (id: string) => Promise<Dataset>;
  readonly currentVersion: (id: string) => Promise<CurrentVersion | null>;
  readonly baseModel: (id: string) => Promise<BaseModel>;
  /** Makes the split that a run would make. */
  readonly makeData: RunDataMaker;
  /** On the calling thread where they are not given. */
  readonly scans?: RecordScans;
  readonly request: ServeProcess['request'];
  readonly repositories: Pick<AsyncRepositories, 'datasets'>;
  readonly publisher: Publisher;
  /** Also that of the tokens, which the run that follows reads. */
  readonly cacheDir: string;
}

interface Measured {
  readonly dataset: Dataset;
  readonly version: CurrentVersion;
}

/** A count of tokens that is asked for: what decides it, and that in the helper's words. */
interface Counting {
  readonly measured: Measured;
  readonly how: Measure<DatasetStats>['how'];
  readonly params: Readonly<Record<string, unknown>>;
}

interface Measure<Numbers> {
  readonly kind: MeasuringProgress['kind'];
  /** What decides the numbers besides the records. */
  readonly how: Readonly<Record<string, unknown>>;
  readonly schema: z.ZodType<Numbers>;
  readonly ask: (options: Asking) => Promise<unknown>;
}

type Asking = Required<NonNullable<Parameters<ServeProcess['request']>[2]>>;

/** Raise it with every change to what is counted. */
const NUMBERS_VERSION = 8;

/** The numbers of datasets: made by the trainer's helper, kept for each version and question. */
export class DatasetNumbers {
  readonly #options: DatasetNumbersOptions;
  readonly #running = new Map<string, Map<string, Promise<unknown>>>();
  readonly #longest = new SameAnswer<FoundRecords>();
  readonly #aborts = new Map<string, Set<AbortController>>();

  constructor(options: DatasetNumbersOptions) {
    this.#options = options;
  }

  /** Real tokens; fills the dataset's columns for them. */
  async stats(request: StatsRequest): Promise<DatasetStats> {
    return this.#count(await this.#counting(request));
  }

  async #count({ measured, how, params }: Counting): Promise<DatasetStats> {
    const stats = await this.#numbers(measured, {
      kind: 'stats',
      how,
      schema: DatasetStats,
      ask: (asking) => this.#options.request('stats', params, asking),
    });
    await this.#fillColumns(measured, stats);
    return stats;
  }

  /**
   * All records that are longer than a length, not only those that `stats` lists. Whoever goes from one to
   * the next asks at every step; the helper, which reads and checks all tokens for it, is asked only where
   * the count does not list them all. The count comes first: it says how far it is, and can be cancelled.
   */
  async overLimit(request: StatsRequest): Promise<FoundRecords> {
    const counting = await this.#counting(request);
    const { measured, how, params } = counting;
    return this.#longest.to(keyOf(measured.version, { kind: 'over_limit', how }), async () => {
      const stats = await this.#count(counting);
      const { over_limit, too_long_rows } = stats;
      if (refusedOtherwise(stats) === 0 && over_limit === too_long_rows.length) return foundIn(too_long_rows);
      const asked = { ...params, most: MAX_EDITED_RECORDS };
      return FoundRecords.parse(await this.#options.request('over_limit', asked));
    });
  }

  async #counting({ id, base_model_id, max_length }: StatsRequest): Promise<Counting> {
    const [measured, model] = await Promise.all([this.#measured(id), this.#options.baseModel(base_model_id)]);
    const { dataset, version } = measured;
    const how = { base_model: model.fingerprint, max_length, format: dataset.format, loss_scope: 'auto' };
    const params = {
      ...how,
      base_model: model.path,
      dataset: version.path,
      sha256: version.sha256,
      cache_dir: this.#options.cacheDir,
    };
    return { measured, how, params };
  }

  /** All that needs no base model. */
  async survey({ id, ...split }: SurveyRequest): Promise<DatasetSurvey> {
    const measured = await this.#measured(id);
    return this.#numbers(measured, {
      kind: 'survey',
      how: split,
      schema: DatasetSurvey,
      ask: (asking) => this.#askSurvey(measured, split, asking),
    });
  }

  /** Which records a run would hold out, and how evenly. */
  async split({ id, ...split }: SurveyRequest): Promise<SplitView> {
    const measured = await this.#measured(id);
    const { scans = recordScans } = this.#options;
    return this.#withSplit(measured, split, (split_path) =>
      scans.split({ path: measured.version.path, split_path }),
    );
  }

  /** Near repeats between the held-out and the training part of a run of several; null of too many records. */
  async mixtureLeaks({ ids, ...split }: MixtureLeaksRequest): Promise<MixtureLeaks | null> {
    const parts = await Promise.all(ids.map((id) => this.#measured(id)));
    return mixtureLeaks(this.#options, parts, split);
  }

  /** Whoever waits for numbers of this dataset is told `cancelled`. */
  cancel(datasetId: string): void {
    for (const abort of this.#aborts.get(datasetId) ?? []) abort.abort();
  }

  async #measured(id: string): Promise<Measured> {
    const dataset = await this.#options.dataset(id);
    const version = await this.#options.currentVersion(id);
    if (version === null) throw datasetNotReady(dataset.name);
    return { dataset, version };
  }

  #askSurvey(measured: Measured, split: SplitChoice, asking: Asking): Promise<unknown> {
    return this.#withSplit(measured, split, (path) => {
      asking.signal.throwIfAborted();
      const { path: dataset, sha256 } = measured.version;
      return this.#options.request('survey', { dataset, sha256, split: path }, asking);
    });
  }

  /** The split that a run would make, in a file that is there for as long as it is used. */
  async #withSplit<Value>(
    measured: Measured,
    split: SplitChoice,
    use: (path: string) => Promise<Value>,
  ): Promise<Value> {
    const folder = versionCacheDir(this.#options.cacheDir, measured.version.sha256);
    const path = join(folder, `split-${crypto.randomUUID()}.json`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      await makeSplit(this.#options.makeData, { ...measured, split }, path);
      return await use(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Two who ask the same at the same time wait for one answer. */
  async #numbers<Numbers>({ dataset, version }: Measured, measure: Measure<Numbers>): Promise<Numbers> {
    const key = keyOf(version, measure);
    const path = join(versionCacheDir(this.#options.cacheDir, version.sha256), `${key}.json`);
    const kept = await readKept(path, measure.schema);
    if (kept !== null) return kept;
    const running = this.#running.get(dataset.id) ?? new Map<string, Promise<unknown>>();
    this.#running.set(dataset.id, running);
    const asked = running.get(key) ?? this.#ask(dataset.id, measure);
    running.set(key, asked);
    try {
      const numbers = measure.schema.parse(await asked);
      await writeKept(path, numbers);
      return numbers;
    } finally {
      running.delete(key);
    }
  }

  async #ask<Numbers>(datasetId: string, { kind, ask }: Measure<Numbers>): Promise<unknown> {
    const abort = new AbortController();
    const aborts = this.#aborts.get(datasetId) ?? new Set();
    this.#aborts.set(datasetId, aborts.add(abort));
    const publish = throttled((progress: MeasuringProgress) =>
      this.#options.publisher.publish('datasets.measuring', progress),
    );
    try {
      return await ask({
        signal: abort.signal,
        onProgress: ({ done, total }) =>
          publish({ dataset_id: datasetId, kind, done: Number(done), total: Number(total) }),
      });
    } finally {
      aborts.delete(abort);
    }
  }

  async #fillColumns(
    { dataset: { id }, version }: Measured,
    { total_tokens, avg_tokens_per_turn }: DatasetStats,
  ): Promise<void> {
    // An edit came meanwhile: the columns belong to another version now.
    if ((await this.#options.currentVersion(id))?.id !== version.id) return;
    const dataset = await this.#options.dataset(id);
    const isFilled =
      dataset.total_tokens === total_tokens && dataset.avg_tokens_per_turn === avg_tokens_per_turn;
    if (isFilled) return;
    const changed = await this.#options.repositories.datasets.update(id, {
      total_tokens,
      avg_tokens_per_turn,
    });
    if (changed !== null) this.#options.publisher.publish('datasets.changed', changed);
  }
}

const foundIn = (rows: DatasetStats['too_long_rows']): FoundRecords => ({
  ids: rows.map(({ record_id }) => record_id),
  indexes: rows.map(({ index }) => index),
  lost_tokens: rows.map(({ lost_tokens }) => lost_tokens),
  refused: rows.map(({ refused }) => refused),
  over: rows.map(() => true),
  truncated: false,
});

interface Question extends Pick<Measure<unknown>, 'how'> {
  readonly kind: Measure<unknown>['kind'] | 'over_limit';
}

const keyOf = ({ sha256 }: CurrentVersion, { kind, how }: Question): string =>
  createHash('sha256')
    .update(JSON.stringify({ version: NUMBERS_VERSION, kind, sha256, ...how }))
    .digest('hex');
