import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Publisher } from '../../../src/lib/contract/derived';
import type { AppError } from '../../../src/lib/messages/app-error';
import type { ColumnMapping, RoleNames, TableOptions } from '../../../src/lib/types/dataset-reading';
import type { Dataset } from '../../../src/lib/types/lora-training';
import type { AsyncRepositories } from '../../db/async-repositories';
import { importFailed, importInterrupted, noUsableRecords } from './dataset-errors';
import { namesOf } from './dataset-paths';
import type { DatasetPaths } from './dataset-paths';
import type { ImportProgress, ImportRequest, ImportResult } from './import/import-request';
import { brokenColumns, finishedColumns } from './import-outcome';
import type { ReadingMemory } from './reading-memory';
import { readingOfWords, recipeOf } from './version-recipe';
import type { VersionRecipe } from './version-recipe';
import { summaryOf, versionRow } from './version-row';
import type { ImportOutcome } from './import-outcome';
import { phaseClock } from './phase-clock';
import type { TimedProgress } from './phase-clock';
import { readProblems } from './problem-file';
import { finishPurges } from './purge-folder';
import { settleKilled } from './settle-killed';
import { listDir, newStagingToken, releaseClaim, reserveStaging, sweepUnfinished } from './staging';
import { throttled } from './throttle';
import type { ImportRunner } from './worker-import';

export interface ImportOptions {
  /** What the file was called, where its path does not say it any more. */
  readonly fileName?: string;
  readonly name?: string;
  readonly description?: string;
  readonly encoding?: string;
  readonly salvage?: boolean;
  readonly stripSeparators?: boolean;
  readonly mapping?: ColumnMapping;
  readonly table?: TableOptions;
  readonly roleNames?: RoleNames;
  readonly systemPrompt?: string;
  /** Whether a person saw how the file is read: then to say nothing is to say it. */
  readonly isChosen?: boolean;
  /** False for paths that nobody chose one by one; links among them are refused. */
  readonly followLinks?: boolean;
}

export interface ImportsOptions {
  readonly repositories: Pick<AsyncRepositories, 'datasets' | 'datasetVersions' | 'datasetProblems'>;
  readonly publisher: Publisher;
  readonly paths: DatasetPaths;
  readonly runImport: ImportRunner;
  /** Where it is kept how a file was told to be read. */
  readonly memory: Pick<ReadingMemory, 'keep'>;
  /** The setting for the largest file; formats.md's limit where it is not given. */
  readonly maxFileBytes?: () => Promise<number>;
  readonly now: () => string;
}

interface PendingImport {
  readonly dataset: Dataset;
  readonly recipe: VersionRecipe;
  readonly request: ImportRequest;
  readonly isChosen: boolean;
  readonly abort: AbortController;
  /** Of the staging folder that says the import lives: the one it works in is gone before its row is written. */
  readonly claim: string;
}

interface RunningImport extends PendingImport {
  readonly finished: Promise<ImportOutcome | null>;
}

/** An import that has its row, and its end; null when it was cancelled. */
export interface StartedImport {
  readonly dataset: Dataset;
  readonly finished: Promise<ImportOutcome | null>;
}

/** Imports files one after another: a row first, then the file, then what was found in it. */
export class DatasetImports {
  readonly #options: ImportsOptions;
  readonly #running = new Map<string, RunningImport>();
  #activeId: string | null = null;
  #isStopping = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ImportsOptions) {
    this.#options = options;
  }

  /** Makes the row and queues the file. */
  async start(path: string, options: ImportOptions): Promise<StartedImport> {
    const pending = await this.#prepare(resolve(path), options);
    const finished = this.#last.then(() => this.#run(pending));
    this.#running.set(pending.dataset.id, { ...pending, finished });
    // A failed import must not hold up those behind it; who started it is told by `finished`.
    this.#last = Promise.allSettled([finished]);
    return { dataset: pending.dataset, finished };
  }

  /** Ends an import at once; false when the dataset is not being imported here. */
  async cancel(datasetId: string): Promise<boolean> {
    const running = this.#running.get(datasetId);
    if (running === undefined) return false;
    running.abort.abort();
    if (this.#activeId === datasetId) await running.finished;
    else await this.#discard(running.dataset);
    return true;
  }

  /** At the end of the program: what is unfinished ends and says so. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const running = [...this.#running.values()];
    for (const { abort } of running) abort.abort();
    await Promise.allSettled(running.map(({ finished }) => finished));
  }

  /** At start: rows that a killed process left in the middle of their import are told apart and swept. */
  async recover(): Promise<void> {
    const { repositories, paths } = this.#options;
    for (const dataset of await repositories.datasets.list()) {
      if (this.#running.has(dataset.id)) continue;
      const isAlive = await settleKilled({ repositories, paths }, dataset);
      if (isUnfinished(dataset) && !isAlive) await this.#interrupt(dataset);
    }
    await finishPurges({ repositories, paths });
    await this.#sweepUnknown();
  }

  /** The same for what is unfinished alone, which costs nothing where nothing is: for a process that does one thing. */
  async recoverImports(): Promise<void> {
    const { repositories, paths } = this.#options;
    const unfinished = (await repositories.datasets.list()).filter(isUnfinished);
    await finishPurges({ repositories, paths });
    for (const dataset of unfinished)
      if (!this.#running.has(dataset.id) && !(await settleKilled({ repositories, paths }, dataset)))
        await this.#interrupt(dataset);
  }

  async #interrupt({ id }: Dataset): Promise<void> {
    const { repositories, publisher } = this.#options;
    const columns = brokenColumns(importInterrupted().toPayload());
    const dataset = await repositories.datasets.updateUnfinished(id, columns);
    if (dataset !== null) publisher.publish('datasets.changed', dataset);
  }

  /** A database that was lost knows nothing of the imports that were under way. */
  async #sweepUnknown(): Promise<void> {
    const { repositories, paths } = this.#options;
    for (const id of await listDir(paths.userDir))
      if ((await repositories.datasets.get(id)) === null) await sweepUnfinished(paths.datasetDir(id));
  }

  async #prepare(path: string, options: ImportOptions): Promise<PendingImport> {
    const { repositories, paths, publisher, maxFileBytes } = this.#options;
    const id = randomUUID();
    const claim = newStagingToken();
    await reserveStaging(paths.datasetDir(id), claim);
    const dataset = await repositories.datasets.create({
      id,
      ...namesOf(options.fileName ?? path, options.name),
      description: options.description ?? null,
      file_size: await sizeOf(path),
      storage_path: paths.storagePath(id),
      status: 'uploading',
    });
    publisher.publish('datasets.changed', dataset);
    const request: ImportRequest = {
      sourcePath: path,
      fileName: options.fileName,
      datasetDir: paths.datasetDir(id),
      stagingToken: newStagingToken(),
      followLink: options.followLinks ?? true,
      encoding: options.encoding,
      salvage: options.salvage,
      stripSeparators: options.stripSeparators,
      mapping: options.mapping,
      table: options.table,
      roleNames: options.roleNames,
      systemPrompt: options.systemPrompt,
      maxBytes: await maxFileBytes?.(),
    };
    const isChosen = options.isChosen ?? false;
    return { dataset, request, isChosen, recipe: recipeOf(options), abort: new AbortController(), claim };
  }

  async #run(pending: PendingImport): Promise<ImportOutcome | null> {
    const { dataset, request, abort, claim } = pending;
    this.#activeId = dataset.id;
    try {
      abort.signal.throwIfAborted();
      const reporter = this.#reporter(dataset.id);
      const result = await this.#options.runImport(request, reporter.onProgress, abort.signal);
      await reporter.settled();
      return await this.#finish(pending, result);
    } catch (thrown) {
      if (abort.signal.aborted && !this.#isStopping) return await this.#discard(dataset);
      return await this.#break(dataset.id, this.#isStopping ? importInterrupted() : importFailed(thrown));
    } finally {
      await releaseClaim(request.datasetDir, claim);
      this.#activeId = null;
      this.#running.delete(dataset.id);
    }
  }

  async #break(datasetId: string, failure: AppError): Promise<ImportOutcome> {
    const error = failure.toPayload();
    const dataset = await this.#update(datasetId, brokenColumns(error));
    return { dataset, report: dataset.report, error };
  }

  #reporter(datasetId: string) {
    const timed = phaseClock();
    const publish = throttled((progress: TimedProgress) => {
      this.#options.publisher.publish('datasets.progress', { dataset_id: datasetId, ...progress });
    });
    let validating: Promise<unknown> | null = null;
    const onProgress = (progress: ImportProgress) => {
      publish(timed(progress));
      // Only tells how far the import is; a database that fails here fails at its end too.
      if (progress.phase === 'reading')
        validating ??= Promise.allSettled([this.#update(datasetId, { status: 'validating' })]);
    };
    return { onProgress, settled: () => validating };
  }

  async #finish(
    { dataset: { id: datasetId, file_name }, recipe, request, isChosen }: PendingImport,
    result: ImportResult,
  ): Promise<ImportOutcome> {
    const { repositories, paths, now, memory } = this.#options;
    const columns = finishedColumns(result, now());
    await repositories.datasetProblems.clear(datasetId);
    if (result.versionDir === null)
      await repositories.datasetProblems.insertMany(datasetId, result.report.problems);
    else {
      for await (const batch of readProblems(join(paths.datasetDir(datasetId), result.versionDir))) {
        await repositories.datasetProblems.insertMany(datasetId, batch);
      }
    }
    const { version, report } = result;
    if (version !== null) {
      const row = versionRow({ datasetId, version, paths });
      await repositories.datasetVersions.create({
        ...row,
        recipe,
        summary: summaryOf({ ...columns, file_name }),
      });
      await memory.keep(result.signature, readingOfWords(request), isChosen);
    }
    const dataset = await this.#update(datasetId, columns);
    return { dataset, report, error: version === null ? noUsableRecords(report).toPayload() : null };
  }

  async #update(
    id: string,
    changes: Parameters<AsyncRepositories['datasets']['update']>[1],
  ): Promise<Dataset> {
    const dataset = await this.#options.repositories.datasets.update(id, changes);
    if (dataset === null) throw importInterrupted();
    this.#options.publisher.publish('datasets.changed', dataset);
    return dataset;
  }

  /** A cancelled import leaves neither files nor a row; who shows the row is told that it is gone. */
  async #discard(dataset: Dataset): Promise<null> {
    const { repositories, paths, publisher, now } = this.#options;
    await paths.remove(dataset.id);
    if (await repositories.datasets.purge(dataset.id)) {
      publisher.publish('datasets.changed', {
        ...dataset,
        deleted_at: now(),
        revision: dataset.revision + 1000,
      });
    }
    return null;
  }
}

const isUnfinished = ({ status }: Dataset): boolean => status === 'uploading' || status === 'validating';

async function sizeOf(path: string): Promise<number> {
  try {
    const entry = await stat(path);
    return entry.isFile() ? entry.size : 0;
  } catch (error) {
    // Why it cannot be read is said by the import itself, in its report.
    if (error instanceof Error && 'code' in error) return 0;
    throw error;
  }
}
