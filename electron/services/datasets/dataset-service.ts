import { dirname } from 'node:path';
import { isActive } from '../../../src/lib/training/job-states';
import { ANY_PROBLEM } from '../../../src/lib/types/dataset-records';
import type { CanonicalRecord, DatasetProblem, ProblemFilter } from '../../../src/lib/types/dataset-records';
import type { Dataset } from '../../../src/lib/types/lora-training';
import { datasetNotFound, datasetNotReady, recordNotFound } from './dataset-errors';
import { fileOfVersion } from './version-file';
import { datasetAtWork, datasetBeingMade, datasetInUse, datasetNotDeleted } from './dataset-use-errors';
import { purgeExpired } from './expired-bin';
import { bringBack, purgeFolder } from './purge-folder';
import { isAtWorkElsewhere } from './staging';
import type { AsyncRepositories } from '../../db/async-repositories';
import { DatasetImports } from './dataset-imports';
import type { ImportOptions, StartedImport } from './dataset-imports';
import { DatasetOriginals } from './dataset-originals';
import { DatasetVersions } from './dataset-versions';
import type { VersionsOptions } from './dataset-versions';
import type { ImportOutcome } from './import-outcome';
import { OnlyTheLast } from './only-the-last';
import { readRecordsPage } from './record-index';
import type { RecordsPage } from './record-index';
import { recordScans } from './record-scans';

export interface DatasetServiceOptions extends VersionsOptions {
  readonly repositories: VersionsOptions['repositories'] & Pick<AsyncRepositories, 'settings'>;
  readonly sample: { readonly path: string; readonly name: string };
}

/** The immutable version that a new job would use; `path` is absolute. */
export interface CurrentVersion {
  readonly id: string;
  readonly sha256: string;
  readonly path: string;
  readonly records: number;
}

interface RecordsRequest {
  readonly id: string;
  readonly offset: number;
  readonly limit: number;
  readonly query?: string;
}

interface ProblemsRequest extends ProblemFilter {
  readonly id: string;
  readonly offset: number;
  readonly limit: number;
}

const PROBLEMS_AT_ONCE = 500;

interface DatasetWords {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** Datasets of one user: import, look into, put away. */
export class DatasetService {
  readonly #options: DatasetServiceOptions;
  readonly #imports: DatasetImports;
  readonly #searches = new OnlyTheLast();
  /** What was and is made of each original. */
  readonly versions: DatasetVersions;
  readonly originals: DatasetOriginals;

  constructor(options: DatasetServiceOptions) {
    this.#options = options;
    this.#imports = new DatasetImports(options);
    this.versions = new DatasetVersions(options);
    this.originals = new DatasetOriginals(options);
  }

  /** Before anything else at start. */
  recover(): Promise<void> {
    return this.#imports.recover();
  }

  /** Imports alone; before a command that does one thing. */
  recoverImports(): Promise<void> {
    return this.#imports.recoverImports();
  }

  /** Unfinished imports end and say so at the next start; unfinished edits leave what was. */
  async stop(): Promise<void> {
    await Promise.all([this.#imports.stop(), this.versions.stop()]);
  }

  /** Rows at once, files one after another; `finished` of each is its end. */
  async startImport(paths: readonly string[], options: ImportOptions = {}): Promise<StartedImport[]> {
    const started: StartedImport[] = [];
    for (const path of paths) started.push(await this.startOne(path, options));
    return started;
  }

  /** The row of one file at once; its import goes on. */
  startOne(path: string, options: ImportOptions): Promise<StartedImport> {
    return this.#imports.start(path, options);
  }

  /** Imports files and waits for them; cancelled ones are left out. */
  async import(paths: readonly string[], options: ImportOptions = {}): Promise<ImportOutcome[]> {
    const started = await this.startImport(paths, options);
    const outcomes = await Promise.all(started.map(({ finished }) => finished));
    return outcomes.filter((outcome) => outcome !== null);
  }

  /** The bundled sample; imported once, however often it is asked for. */
  async importSample(): Promise<Dataset> {
    const { path, name } = this.#options.sample;
    const known = (await this.list()).find((dataset) => dataset.name === name && dataset.status === 'ready');
    if (known !== undefined) return known;
    const [outcome] = await this.import([path], { name });
    if (outcome === undefined) throw datasetNotReady(name);
    return outcome.dataset;
  }

  /** Also of an edit, which reads the original again. */
  async cancelImport(id: string): Promise<void> {
    if (await this.#imports.cancel(id)) return;
    if (!(await this.versions.cancelEdit(id))) await this.get(id);
  }

  list(): Promise<Dataset[]> {
    return this.#options.repositories.datasets.list();
  }

  /** What is in the bin, the last one first. */
  listDeleted(): Promise<Dataset[]> {
    return this.#options.repositories.datasets.listDeleted();
  }

  async get(id: string): Promise<Dataset> {
    const dataset = await this.#options.repositories.datasets.get(id);
    if (dataset === null) throw datasetNotFound(id);
    return dataset;
  }

  async currentVersion(id: string): Promise<CurrentVersion | null> {
    const version = await this.#options.repositories.datasetVersions.current(id);
    if (version === null) return null;
    const { sha256, records } = version;
    return { id: version.id, sha256, records, path: this.#options.paths.absolute(version.path) };
  }

  /** A page of records, or of those with a text in them; positions count from 0. */
  async records({ id, query = '', ...page }: RecordsRequest): Promise<RecordsPage> {
    const path = await this.#currentFile(id);
    if (query.trim() === '') return readRecordsPage(dirname(path), page);
    const { scans = recordScans } = this.#options;
    return this.#searches.run(id, (signal) => scans.search({ path, query, ...page }, signal));
  }

  /** One record by its position from 0. */
  async record(id: string, index: number): Promise<CanonicalRecord> {
    const { total, records } = await this.records({ id, offset: index, limit: 1 });
    const found = records[0];
    if (found === undefined) throw recordNotFound(index, total);
    return found.record;
  }

  async problems({
    id,
    offset,
    limit,
    ...filter
  }: ProblemsRequest): Promise<{ total: number; problems: DatasetProblem[] }> {
    await this.get(id);
    return this.#options.repositories.datasetProblems.page(id, { offset, limit }, filter);
  }

  /** Those that are kept; the report says of how many. */
  async allProblems(id: string, filter: ProblemFilter = ANY_PROBLEM): Promise<DatasetProblem[]> {
    const found: DatasetProblem[] = [];
    for (;;) {
      const page = { id, offset: found.length, limit: PROBLEMS_AT_ONCE, ...filter };
      const { total, problems } = await this.problems(page);
      found.push(...problems);
      if (problems.length === 0 || found.length >= total) return found;
    }
  }

  /** What its user says of it; what is not said stays. */
  async describe(id: string, words: DatasetWords): Promise<Dataset> {
    const { name, description, tags } = words;
    const changes = {
      ...(name !== undefined && { name: name.trim() }),
      ...(description !== undefined && {
        description: description.trim() === '' ? null : description.trim(),
      }),
      ...(tags !== undefined && { tags: uniqueTags(tags) }),
    };
    return this.#changed(id, await this.#options.repositories.datasets.update(id, changes));
  }

  /** Into the bin, unless a run is learning from it; an import or an edit that is still going on ends. */
  async delete(id: string): Promise<void> {
    if (await this.#imports.cancel(id)) return;
    const atWork = (await this.jobsOf(id)).filter(({ status }) => isActive(status));
    if (atWork.length > 0)
      throw datasetAtWork(
        (await this.get(id)).name,
        atWork.map(({ name }) => name),
      );
    await this.versions.cancelEdit(id);
    this.#changed(id, await this.#options.repositories.datasets.softDelete(id));
  }

  /** That use one of its versions, the last one first. */
  jobsOf(id: string) {
    return this.#options.repositories.datasets.jobsOf(id);
  }

  async restore(id: string): Promise<Dataset> {
    await bringBack(this.#options.paths.datasetDir(id));
    return this.#changed(id, await this.#options.repositories.datasets.restore(id));
  }

  /** Out of the bin for good, files and all. A dataset that a job used stays. */
  async purge(id: string): Promise<void> {
    const { repositories, paths, publisher } = this.#options;
    const dataset = await this.get(id);
    if (dataset.deleted_at === null) throw datasetNotDeleted(dataset.name);
    const jobs = await repositories.datasets.jobsOf(id);
    if (jobs.length > 0) throw datasetInUse(dataset.name, jobs.length);
    if (await isAtWorkElsewhere(paths.datasetDir(id))) throw datasetBeingMade(dataset.name);
    await purgeFolder({ repositories, paths }, id);
    publisher.publish('datasets.removed', { id });
  }

  /** Of the bin, what was there long enough; answers what is gone. */
  purgeExpired(): Promise<readonly Dataset[]> {
    const { paths, now, repositories } = this.#options;
    return purgeExpired({ datasets: this, paths, now, store: repositories.settings });
  }

  #changed(id: string, dataset: Dataset | null): Dataset {
    if (dataset === null) throw datasetNotFound(id);
    this.#options.publisher.publish('datasets.changed', dataset);
    return dataset;
  }

  async #currentFile(id: string): Promise<string> {
    const { name } = await this.get(id);
    const version = await this.#options.repositories.datasetVersions.current(id);
    if (version === null) throw datasetNotReady(name);
    return fileOfVersion(version, this.#options.paths);
  }
}

/** Each once, whatever its case. */
function uniqueTags(tags: readonly string[]): string[] {
  const byName = new Map(tags.map((tag) => [tag.trim().toLowerCase(), tag.trim()]));
  byName.delete('');
  return [...byName.values()].toSorted((one, other) => one.localeCompare(other));
}
