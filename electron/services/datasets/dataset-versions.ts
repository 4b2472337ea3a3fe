import { dirname } from 'node:path';
import { MAX_REJECTED_LINES } from '../../../src/lib/types/dataset-numbers';
import type { FoundRecords, RejectedLines } from '../../../src/lib/types/dataset-numbers';
import { PROBLEM_TYPES } from '../../../src/lib/types/dataset-records';
import type {
  CanonicalRecord,
  ProblemFilter,
  ProblemType,
  RecordSide,
} from '../../../src/lib/types/dataset-records';
import { FIRST_CHANGES, MAX_EDITED_RECORDS } from '../../../src/lib/types/dataset-versions';
import type {
  ChangesPage,
  DatasetEdit,
  DatasetVersion,
  SafeFix,
  VersionDiff,
} from '../../../src/lib/types/dataset-versions';
import type { Dataset } from '../../../src/lib/types/lora-training';
import type { DatasetVersionRow } from '../../db/schema';
import { compareVersions } from './compare/compare-versions';
import { DatasetEdits } from './dataset-edits';
import type { EditsOptions } from './dataset-edits';
import { datasetNotFound, datasetNotReady, linesUnusable, versionNotFound } from './dataset-errors';
import { ExcludedRecords } from './excluded-records';
import { readAllProblems } from './problem-file';
import type { PageRequest } from './record-index';
import { recordScans } from './record-scans';
import type { RecordScans } from './record-scans';
import { recordsAtLines } from './record-selection';
import type { SelectedRecords } from './record-selection';
import type { EditedDataset } from './told-of-file';
import { fileOfVersion } from './version-file';
import { columnsOfVersion } from './version-row';

export interface VersionsOptions extends EditsOptions {
  /** On the calling thread where they are not given. */
  readonly scans?: RecordScans;
}

/** What decides for each record, of its problems. */
function gravestOf(
  problems: readonly { readonly id: string; readonly type: ProblemType }[],
): ReadonlyMap<string, ProblemType> {
  const rank = (type: ProblemType) => PROBLEM_TYPES.indexOf(type);
  const gravestLast = problems.toSorted((one, other) => rank(other.type) - rank(one.type));
  return new Map(gravestLast.map(({ id, type }) => [id, type]));
}

interface DiffRequest extends Partial<ChangesPage> {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

/** The ledger of a dataset: what it was, what it is, and what is between the two. */
export class DatasetVersions {
  readonly #options: VersionsOptions;
  readonly #edits: DatasetEdits;
  readonly #excluded: ExcludedRecords;
  readonly #stopping = new AbortController();

  constructor(options: VersionsOptions) {
    this.#options = options;
    this.#edits = new DatasetEdits(options);
    this.#excluded = new ExcludedRecords(options);
  }

  preview(id: string, edit: DatasetEdit, page?: ChangesPage): Promise<VersionDiff> {
    return this.#edits.preview(id, edit, page);
  }

  countFixes(id: string, fixes: readonly SafeFix[]): Promise<readonly number[]> {
    return this.#edits.countFixes(id, fixes);
  }

  async edit(id: string, edit: DatasetEdit): Promise<Dataset> {
    return (await this.renew(id, edit)).dataset;
  }

  /** The same, and of a newer file what became of the records that were left out. */
  renew(id: string, edit: DatasetEdit): Promise<EditedDataset> {
    return this.#edits.edit(id, edit);
  }

  cancelEdit(id: string): Promise<boolean> {
    return this.#edits.cancel(id);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#edits.stop();
  }

  /** Newest first. */
  async list(id: string): Promise<DatasetVersion[]> {
    await this.#dataset(id);
    return this.#options.repositories.datasetVersions.described(id);
  }

  /** Makes an older version the current one, and the dataset's columns with it. */
  async use(id: string, number: number): Promise<Dataset> {
    const { repositories, paths, publisher } = this.#options;
    const dataset = await this.#dataset(id);
    const version = await this.#version(dataset, number);
    const current = await repositories.datasetVersions.current(id);
    if (version.id === current?.id) return dataset;
    const used = await repositories.datasetEditions.use(version.id, {
      changes: columnsOfVersion(await repositories.datasetVersions.summary(version.id)),
      problems: await readAllProblems(dirname(paths.absolute(version.path))),
    });
    if (used === null) throw datasetNotFound(id);
    await paths.makeCurrent(id, version.path);
    publisher.publish('datasets.changed', used);
    return used;
  }

  /** By record id, whatever kinds the two versions are of. */
  async diff({ id, from, to, ...page }: DiffRequest): Promise<VersionDiff> {
    const { compare = compareVersions, paths } = this.#options;
    const dataset = await this.#dataset(id);
    const [older, newer] = [await this.#version(dataset, from), await this.#version(dataset, to)];
    const request = {
      from: paths.absolute(older.path),
      to: paths.absolute(newer.path),
      page: { ...FIRST_CHANGES, ...page },
    };
    return { from, to, ...(await compare(request, this.#stopping.signal)) };
  }

  /**
   * Of the current version's records that fit a search and have such a problem; the first of them. Or of
   * those that it leaves out by hand: they stand nowhere in it, and no problem of theirs is known.
   */
  async recordIds(wanted: {
    readonly id: string;
    readonly query: string;
    readonly problem: ProblemFilter | null;
    readonly side?: RecordSide | undefined;
  }): Promise<FoundRecords> {
    const { repositories, paths, scans = recordScans } = this.#options;
    const { id, query, problem, side = 'used' } = wanted;
    const dataset = await this.#dataset(id);
    if (side === 'excluded') return this.#excluded.ids(await this.#withoutThem(dataset), query);
    const version = await this.#current(dataset);
    const path = paths.absolute(version.path);
    const scan = { path, query, limit: MAX_EDITED_RECORDS };
    if (problem === null) return scans.select({ ...scan, among: null });
    const kinds = gravestOf(await repositories.datasetProblems.ofRecords(id, problem));
    const found = await scans.select({ ...scan, among: new Set(kinds.keys()) });
    return { ...found, problems: found.ids.flatMap((record) => kinds.get(record) ?? []) };
  }

  /** Of the current version's records that repeat an earlier one word for word; the first of them. */
  async repeatedIds(id: string): Promise<SelectedRecords> {
    const { scans = recordScans } = this.#options;
    const path = await this.#currentFile(await this.#dataset(id));
    return scans.repeats({ path, limit: MAX_EDITED_RECORDS });
  }

  /** The lines of which nothing is used, and where they would stand among the records. */
  async rejectedLines(id: string): Promise<RejectedLines> {
    const { repositories, scans = recordScans } = this.#options;
    const path = await this.#currentFile(await this.#dataset(id));
    const found = await repositories.datasetProblems.rejectedLines(id, MAX_REJECTED_LINES + 1);
    const problems = found.slice(0, MAX_REJECTED_LINES);
    const lines = problems.map(({ line }) => line);
    const places = lines.length === 0 ? [] : await scans.places({ path, lines });
    return {
      lines: problems.map((problem, position) => ({ ...problem, place: places[position] ?? 0 })),
      truncated: found.length > problems.length,
    };
  }

  /** Of the records that begin on these lines of the original file; refused where a line has none. */
  async idsAtLines(id: string, lines: readonly number[], kind: 'used' | 'excluded'): Promise<string[]> {
    const dataset = await this.#dataset(id);
    const wanted = new Set(lines);
    const found =
      kind === 'used'
        ? await recordsAtLines(await this.#currentFile(dataset), { lines: wanted, among: null })
        : await this.#excluded.atLines(await this.#withoutThem(dataset), wanted);
    const missing = [...wanted].filter((line) => !found.has(line));
    if (missing.length > 0) throw linesUnusable(missing, kind);
    return [...wanted].flatMap((line) => found.get(line) ?? []);
  }

  /** What the current version leaves out by hand, or what of it holds a text. */
  async excluded(
    id: string,
    page: PageRequest & { readonly query?: string },
  ): Promise<{ total: number; records: CanonicalRecord[] }> {
    return this.#excluded.page(await this.#withoutThem(await this.#dataset(id)), page);
  }

  async #withoutThem(dataset: Dataset) {
    return { datasetId: dataset.id, versionId: (await this.#current(dataset)).id };
  }

  async #dataset(id: string): Promise<Dataset> {
    const dataset = await this.#options.repositories.datasets.get(id);
    if (dataset === null) throw datasetNotFound(id);
    return dataset;
  }

  async #currentFile(dataset: Dataset): Promise<string> {
    return fileOfVersion(await this.#current(dataset), this.#options.paths);
  }

  async #current({ id, name }: Dataset): Promise<DatasetVersionRow> {
    const version = await this.#options.repositories.datasetVersions.current(id);
    if (version === null) throw datasetNotReady(name);
    return version;
  }

  /** With its files. */
  async #version({ id, name }: Dataset, number: number): Promise<DatasetVersionRow> {
    const { repositories, paths } = this.#options;
    const version = (await repositories.datasetVersions.list(id)).find((each) => each.number === number);
    if (version === undefined) throw versionNotFound({ id, name }, number);
    await fileOfVersion(version, paths);
    return version;
  }
}
