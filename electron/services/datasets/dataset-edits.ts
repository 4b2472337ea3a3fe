import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { FIRST_CHANGES, hasMoreChanges } from '../../../src/lib/types/dataset-versions';
import type { ChangesPage, DatasetEdit, VersionDiff } from '../../../src/lib/types/dataset-versions';
import type { Dataset } from '../../../src/lib/types/lora-training';
import type { AsyncRepositories } from '../../db/async-repositories';
import type { DatasetVersionRow } from '../../db/schema';
import { isMissing } from '../trainer/file-errors';
import { compareVersions } from './compare/compare-versions';
import type { ComparisonRunner, RecordDiff } from './compare/compare-versions';
import {
  datasetNotFound,
  datasetNotReady,
  editChangesNothing,
  editEnded,
  editLeavesNothing,
  importFailed,
  readingForgotten,
  recordsAbsent,
  sourceMissing,
} from './dataset-errors';
import type { ImportsOptions } from './dataset-imports';
import { finishedColumns } from './import-outcome';
import type {
  ImportProgress,
  ImportRequest,
  ImportResult,
  Revision,
  UnkeptRevision,
} from './import/import-request';
import { LastLook, type Look, recordsOf } from './last-look';
import { OneAtATime } from './one-at-a-time';
import { phaseClock } from './phase-clock';
import type { TimedProgress } from './phase-clock';
import { readAllProblems } from './problem-file';
import { newStagingToken, releaseStaging, reserveStaging, sweepDeadStaging } from './staging';
import { throttled } from './throttle';
import { editedRecipe, isKnownRecipe, isSameRecipe, readingOf, VersionRecipe } from './version-recipe';
import { columnsOfVersion, summaryOf, versionRow } from './version-row';

export interface EditsOptions extends Omit<ImportsOptions, 'repositories'> {
  readonly repositories: Pick<
    AsyncRepositories,
    'datasets' | 'datasetVersions' | 'datasetProblems' | 'datasetEditions'
  >;
  /** On the calling thread where it is not given. */
  readonly compare?: ComparisonRunner;
}

/** What an edit stands on. */
interface Base {
  readonly dataset: Dataset;
  readonly version: DatasetVersionRow;
  readonly recipe: VersionRecipe;
  /** Whether that was kept with the version. */
  readonly isKnown: boolean;
}

interface Reading {
  readonly base: Base;
  readonly recipe: VersionRecipe;
  readonly how: Pick<Revision, 'isPreview' | 'page' | 'moreAt'>;
  readonly signal: AbortSignal;
}

type Looking = Omit<Reading, 'how'> & { readonly page: ChangesPage };

/** Makes new versions: the stored original is read again with another recipe. */
export class DatasetEdits {
  readonly #options: EditsOptions;
  readonly #queue = new OneAtATime();
  readonly #lastLook = new LastLook();
  readonly #running = new Map<AbortController, string>();
  #isStopping = false;

  constructor(options: EditsOptions) {
    this.#options = options;
  }

  /** What an edit would change, with no version made of it. Another page of the same reads no original. */
  preview(id: string, edit: DatasetEdit, page: ChangesPage = FIRST_CHANGES): Promise<VersionDiff> {
    return this.#alone(id, async (signal) => {
      const base = await this.#base(id);
      const looking = { base, recipe: editedRecipe(base.recipe, edit), page, signal };
      const diff = (await this.#lookAgain(looking)) ?? (await this.#look(looking));
      return { from: base.version.number, to: null, ...diff };
    });
  }

  async #lookAgain({ base: { version }, recipe, page, signal }: Looking): Promise<RecordDiff | null> {
    const { compare = compareVersions, paths } = this.#options;
    const to = await this.#lastLook.fileOf(version, recipe);
    return to === null ? null : compare({ from: paths.absolute(version.path), to, page }, signal);
  }

  async #look({ base, recipe, page, signal }: Looking): Promise<RecordDiff> {
    await this.#requireReading(base, signal);
    const { dataset, version } = base;
    const datasetDir = this.#options.paths.datasetDir(dataset.id);
    const look = { version, recipe, datasetDir, token: newStagingToken() };
    await reserveStaging(datasetDir, look.token);
    let isKept = false;
    try {
      const how = { isPreview: true, page, moreAt: recordsOf(look) };
      const { unkept } = await this.#read({ base, recipe, how, signal });
      if (unkept?.kind !== 'compared') throw refusal(dataset, unkept);
      isKept = hasMoreChanges(unkept.diff);
      if (isKept) await this.#keep(look);
      return unkept.diff;
    } finally {
      if (!isKept) await releaseStaging(datasetDir, look.token);
    }
  }

  async #keep(look: Look): Promise<void> {
    const before = this.#lastLook.take(look);
    if (before === null) return;
    const { datasetDir, token, version } = before;
    const release = () => releaseStaging(datasetDir, token);
    if (version.dataset_id === look.version.dataset_id) return release();
    // In its turn, for it may be read there now; waited for, two of them could wait for each other.
    void this.#queue.run(version.dataset_id, release).catch(() => undefined);
  }

  /** The dataset with its new current version. The old one stays as it is. */
  edit(id: string, edit: DatasetEdit): Promise<Dataset> {
    return this.#alone(id, async (signal) => {
      await this.#lastLook.releaseOf(id);
      for (;;) {
        const edited = await this.#attempt(id, edit, signal);
        // Null where another process made a version in the meantime: the edit then goes on top of that.
        if (edited !== null) return edited;
      }
    });
  }

  /** Whether an edit of the dataset was going on; it has ended then. */
  async cancel(id: string): Promise<boolean> {
    const concerned = [...this.#running].filter(([, datasetId]) => datasetId === id);
    for (const [abort] of concerned) abort.abort();
    if (concerned.length > 0) await this.#queue.run(id, () => Promise.resolve());
    return concerned.length > 0;
  }

  /** At the end of the program; the datasets stay as they were. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const abort of this.#running.keys()) abort.abort();
    await this.#queue.settled();
    await this.#lastLook.release();
  }

  async #alone<Value>(id: string, work: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
    const abort = new AbortController();
    this.#running.set(abort, id);
    try {
      return await this.#queue.run(id, () => {
        abort.signal.throwIfAborted();
        return work(abort.signal);
      });
    } catch (thrown) {
      if (abort.signal.aborted) throw editEnded(this.#isStopping ? 'interrupted' : 'cancelled');
      throw importFailed(thrown);
    } finally {
      this.#running.delete(abort);
    }
  }

  async #base(id: string): Promise<Base> {
    const { datasets, datasetVersions } = this.#options.repositories;
    const dataset = await datasets.get(id);
    if (dataset === null || dataset.deleted_at !== null) throw datasetNotFound(id);
    const version = await datasetVersions.current(id);
    if (version === null || dataset.status !== 'ready') throw datasetNotReady(dataset.name);
    const kept = await datasetVersions.recipe(version.id);
    return { dataset, version, recipe: VersionRecipe.parse(kept), isKnown: isKnownRecipe(kept) };
  }

  /** A version from before recipes were kept: read plainly, its original must still give the same records. */
  async #requireReading(base: Base, signal: AbortSignal): Promise<void> {
    if (base.isKnown) return;
    const how = { isPreview: true };
    const { version } = await this.#read({ base, recipe: base.recipe, how, signal });
    if (version?.sha256 !== base.version.sha256) throw readingForgotten(base.dataset.name);
  }

  /** The folder that says that an edit is going on is also what tells the next start that one was not finished. */
  async #attempt(id: string, edit: DatasetEdit, signal: AbortSignal): Promise<Dataset | null> {
    const base = await this.#base(id);
    await this.#requireReading(base, signal);
    const recipe = editedRecipe(base.recipe, edit);
    if (isSameRecipe(recipe, base.recipe)) throw editChangesNothing(base.dataset.name);
    const datasetDir = this.#options.paths.datasetDir(id);
    const token = newStagingToken();
    await sweepDeadStaging(datasetDir);
    await reserveStaging(datasetDir, token);
    let published: string | undefined;
    try {
      const result = await this.#read({ base, recipe, how: { isPreview: false }, signal });
      if (result.unkept !== undefined || result.version === null) throw refusal(base.dataset, result.unkept);
      published = result.version.sha256;
      return await this.#adopt(base, recipe, result);
    } finally {
      if (published !== undefined) await this.#sweepUnadopted(id, published);
      await releaseStaging(datasetDir, token);
    }
  }

  /** A version that another process overtook before it had its row. */
  async #sweepUnadopted(id: string, sha256: string): Promise<void> {
    const versions = await this.#options.repositories.datasetVersions.list(id);
    if (!versions.some((version) => version.sha256 === sha256))
      await this.#options.paths.removeVersion(id, sha256);
  }

  async #read({ base, recipe, how, signal }: Reading): Promise<ImportResult> {
    const { paths, runImport } = this.#options;
    const { dataset, version } = base;
    const request: ImportRequest = {
      sourcePath: await this.#sourceOf(base),
      datasetDir: paths.datasetDir(dataset.id),
      stagingToken: newStagingToken(),
      fileName: dataset.file_name,
      // It was within the limit when it was imported, which may have been another one.
      maxBytes: Number.MAX_SAFE_INTEGER,
      ...readingOf(recipe),
      revision: {
        sourceSha256: version.source_sha256,
        current: { sha256: version.sha256, path: paths.absolute(version.path) },
        ...how,
      },
    };
    return runImport(request, this.#progressOf(dataset.id), signal);
  }

  async #sourceOf({ dataset, version }: Base): Promise<string> {
    if (version.source_path === null) throw sourceMissing(dataset.name);
    const path = this.#options.paths.absolute(version.source_path);
    try {
      await access(path);
    } catch (error) {
      if (isMissing(error)) throw sourceMissing(dataset.name);
      throw error;
    }
    return path;
  }

  #progressOf(dataset_id: string) {
    const timed = phaseClock();
    const publish = throttled((progress: TimedProgress) => {
      this.#options.publisher.publish('datasets.progress', { dataset_id, ...progress });
    });
    return (progress: ImportProgress) => publish(timed(progress));
  }

  /** The row first, then the name of the file: killed between the two, the next start puts the name right. */
  async #adopt(
    { dataset, version }: Base,
    recipe: VersionRecipe,
    result: ImportResult,
  ): Promise<Dataset | null> {
    const { repositories, paths, publisher, now } = this.#options;
    if (result.version === null || result.versionDir === null) throw editLeavesNothing(dataset.name);
    const summary = summaryOf(finishedColumns(result, now()));
    const row = versionRow({ datasetId: dataset.id, version: result.version, paths });
    const edited = await repositories.datasetEditions.adopt(
      { ...row, recipe, summary },
      {
        baseId: version.id,
        changes: columnsOfVersion(summary),
        problems: await readAllProblems(join(paths.datasetDir(dataset.id), result.versionDir)),
      },
    );
    if (edited === null) return null;
    await paths.makeCurrent(dataset.id, row.path);
    publisher.publish('datasets.changed', edited);
    return edited;
  }
}

function refusal({ name }: Dataset, unkept: UnkeptRevision | undefined) {
  if (unkept?.kind === 'records_absent') return recordsAbsent(name, unkept.ids);
  return unkept?.kind === 'unchanged' ? editChangesNothing(name) : editLeavesNothing(name);
}
