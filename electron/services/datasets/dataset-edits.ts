import { basename, join } from 'node:path';
import { FIRST_CHANGES, hasMoreChanges } from '../../../src/lib/types/dataset-versions';
import type { ChangesPage, DatasetEdit, SafeFix, VersionDiff } from '../../../src/lib/types/dataset-versions';
import type { Dataset } from '../../../src/lib/types/lora-training';
import type { AsyncRepositories } from '../../db/async-repositories';
import { announcedIn, withdrawAnnouncement } from './announced-version';
import { compareVersions } from './compare/compare-versions';
import type { ComparisonRunner, RecordDiff } from './compare/compare-versions';
import {
  datasetNotFound,
  datasetNotReady,
  editChangesNothing,
  editEnded,
  editLeavesNothing,
  editOvertaken,
  fileChanged,
  importFailed,
  readingForgotten,
  recordsAreVersion,
} from './dataset-errors';
import type { ImportsOptions } from './dataset-imports';
import { stagingName } from './dataset-files';
import { refusal } from './edit-refusal';
import { finishedColumns } from './import-outcome';
import type { ImportedVersion, ImportResult } from './import/import-request';
import { LastLook, type Look, recordsOf, stampOf } from './last-look';
import { OneAtATime } from './one-at-a-time';
import { readAllProblems } from './problem-file';
import { RevisionReader } from './revision-reader';
import type { Base, Reading } from './revision-reader';
import { removeUnrecorded, settleKilled } from './settle-killed';
import { newStagingToken, releaseStaging, reserveStaging } from './staging';
import { exclusionsOf, toldOf } from './told-of-file';
import type { EditedDataset, ToldOfFile } from './told-of-file';
import {
  editedRecipe,
  isKnownRecipe,
  isSameMaking,
  isSameRecipe,
  mergedFixes,
  VersionRecipe,
  withExcluded,
} from './version-recipe';
import { columnsOfVersion, summaryOf, versionRow } from './version-row';

export interface EditsOptions extends Omit<ImportsOptions, 'repositories'> {
  readonly repositories: Pick<
    AsyncRepositories,
    'datasets' | 'datasetVersions' | 'datasetProblems' | 'datasetEditions'
  >;
  /** On the calling thread where it is not given. */
  readonly compare?: ComparisonRunner;
}

interface Adopting extends Pick<Reading, 'base' | 'recipe' | 'file'> {
  readonly stagingDir: string;
}

type Looking = Omit<Reading, 'how'> & { readonly page: ChangesPage };

/** Makes new versions: the stored original is read again with another recipe, or a newer file instead of it. */
export class DatasetEdits {
  readonly #options: EditsOptions;
  readonly #reader: RevisionReader;
  readonly #queue = new OneAtATime();
  readonly #lastLook = new LastLook();
  readonly #running = new Map<AbortController, string>();
  #isStopping = false;

  constructor(options: EditsOptions) {
    this.#options = options;
    this.#reader = new RevisionReader(options);
  }

  /** What an edit would change, with no version made of it. Another page of the same reads no file again. */
  preview(id: string, edit: DatasetEdit, page: ChangesPage = FIRST_CHANGES): Promise<VersionDiff> {
    return this.#alone(id, async (signal) => {
      const base = await this.#base(id);
      const { file } = edit;
      const looking = { base, recipe: editedRecipe(base.recipe, edit), file, page, signal };
      const stamp = await stampOf(file);
      const diff = (await this.#lookAgain(looking, stamp)) ?? (await this.#look(looking, stamp));
      return { from: base.version.number, to: null, ...diff };
    });
  }

  /** How many records each fix would change if it were the only new one; one reading answers for all of them. */
  countFixes(id: string, fixes: readonly SafeFix[]): Promise<readonly number[]> {
    return this.#alone(id, async (signal) => {
      const base = await this.#base(id);
      const { dataset, recipe } = base;
      await settleKilled(this.#options, dataset);
      await this.#requireReading(base, signal);
      const how = { isPreview: true, tries: fixes.map((fix) => mergedFixes([...recipe.fixes, fix])) };
      const result = await this.#reader.read({ base, recipe, how, signal });
      if (result.unkept?.kind !== 'tried') throw refusal(dataset, result);
      return result.unkept.changes;
    });
  }

  async #lookAgain(
    { base: { version }, recipe, page, signal }: Looking,
    file: string | null,
  ): Promise<FileDiff | null> {
    const { compare = compareVersions, paths } = this.#options;
    const found = await this.#lastLook.find({ version, recipe, file });
    if (found === null) return null;
    const diff = await compare({ from: paths.absolute(version.path), to: found.path, page }, signal);
    return { ...diff, ...found.look.told };
  }

  async #look({ base, recipe, file, page, signal }: Looking, stamp: string | null): Promise<FileDiff> {
    const { dataset, version } = base;
    await settleKilled(this.#options, dataset);
    if (!file) await this.#requireReading(base, signal);
    const datasetDir = this.#options.paths.datasetDir(dataset.id);
    const look = { version, recipe, file: stamp, datasetDir, token: newStagingToken() };
    await reserveStaging(datasetDir, look.token);
    let isKept = false;
    try {
      const how = { isPreview: true, page, moreAt: recordsOf(look) };
      const result = await this.#reader.read({ base, recipe, file, how, signal });
      const { unkept } = result;
      if (unkept?.kind !== 'compared') throw refusal(dataset, result, file);
      const told = file ? toldOf(result) : {};
      isKept = hasMoreChanges(unkept.diff);
      if (isKept) await this.#keep({ ...look, told });
      return { ...unkept.diff, ...told };
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
  edit(id: string, edit: DatasetEdit): Promise<EditedDataset> {
    // Before it waits for its turn: what is done until then may take another file.
    const chosenIn = this.#sourceChosenIn(id, edit);
    // Heard below, unless the edit is cancelled before its turn.
    chosenIn.catch(() => undefined);
    return this.#alone(id, async (signal) => {
      await this.#lastLook.releaseOf(id);
      for (;;) {
        const base = await this.#base(id);
        if (namesRecords(edit) && base.version.source_sha256 !== (await chosenIn))
          throw editOvertaken(base.dataset.name);
        const edited = await this.#attempt(base, edit, signal);
        // Null where another process made a version in the meantime: the edit then goes on top of that.
        if (edited !== null) return edited;
      }
    });
  }

  /** The original in which an edit's ids name records. */
  async #sourceChosenIn(id: string, { version }: DatasetEdit): Promise<string | null> {
    const base = await this.#base(id);
    if (version === undefined) return base.version.source_sha256;
    const versions = await this.#options.repositories.datasetVersions.list(id);
    return versions.find(({ number }) => number === version)?.source_sha256 ?? null;
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
    const { version } = await this.#reader.read({ base, recipe: base.recipe, how, signal });
    if (version?.sha256 !== base.version.sha256) throw readingForgotten(base.dataset.name);
  }

  /** The folder that says that an edit is going on is also what tells the next start that one was not finished. */
  async #attempt(base: Base, edit: DatasetEdit, signal: AbortSignal): Promise<EditedDataset | null> {
    const { id, name } = base.dataset;
    const { file } = edit;
    await settleKilled(this.#options, base.dataset);
    if (!file) await this.#requireReading(base, signal);
    const recipe = editedRecipe(base.recipe, edit);
    if (!file && isSameRecipe(recipe, base.recipe)) throw editChangesNothing(name);
    const datasetDir = this.#options.paths.datasetDir(id);
    const token = newStagingToken();
    const stagingDir = join(datasetDir, stagingName(token));
    await reserveStaging(datasetDir, token);
    try {
      const how = { isPreview: false, announceIn: stagingDir };
      const result = await this.#reader.read({ base, recipe, file, how, signal });
      if (result.unkept !== undefined || result.version === null) throw refusal(base.dataset, result, file);
      await this.#requireOwn({ base, recipe, file }, result.version);
      const { carried } = result;
      const made = carried ? withExcluded(recipe, carried.ids) : recipe;
      const dataset = await this.#adopt({ base, recipe: made, file, stagingDir }, result);
      return dataset && { dataset, ...exclusionsOf(carried) };
    } finally {
      // What another process overtook, or a cancel, before it had its row.
      await removeUnrecorded(this.#options, id, await announcedIn(stagingDir));
      await releaseStaging(datasetDir, token);
    }
  }

  /** A file is the one that was shown; and records are of one source and recipe, with what is told of them. */
  async #requireOwn(
    { base, recipe, file }: Pick<Reading, 'base' | 'recipe' | 'file'>,
    made: ImportedVersion,
  ): Promise<void> {
    const { id, name } = base.dataset;
    const { datasetVersions } = this.#options.repositories;
    if (file?.sha256 !== undefined && file.sha256 !== made.sourceSha256) throw fileChanged(name);
    const same = (await datasetVersions.list(id)).find(({ sha256 }) => sha256 === made.sha256);
    if (same === undefined) return;
    const kept = VersionRecipe.parse(await datasetVersions.recipe(same.id));
    const isOfSource = (same.source_sha256 ?? made.sourceSha256) === made.sourceSha256;
    if (file || !isOfSource || !isSameMaking(kept, recipe))
      throw recordsAreVersion(name, { number: same.number, excluded: kept.exclude.length });
  }

  /** The row first, then the name of the file: killed between the two, the next start puts the name right. */
  async #adopt(
    { base: { dataset, version }, recipe, file, stagingDir }: Adopting,
    result: ImportResult,
  ): Promise<Dataset | null> {
    const { repositories, paths, publisher, now } = this.#options;
    if (result.version === null || result.versionDir === null) throw editLeavesNothing(dataset.name);
    const file_name = file ? basename(file.path) : dataset.file_name;
    const summary = summaryOf({ ...finishedColumns(result, now()), file_name });
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
    await withdrawAnnouncement(stagingDir, row.sha256);
    await paths.makeCurrent(dataset.id, row.path);
    publisher.publish('datasets.changed', edited);
    return edited;
  }
}

/** A difference, and what is told of the newer file that it was made with. */
type FileDiff = RecordDiff & ToldOfFile;

const namesRecords = ({ exclude, include }: DatasetEdit): boolean => exclude.length + include.length > 0;
