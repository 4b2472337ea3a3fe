import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CanonicalRecord } from '../../../src/lib/types/dataset-records';
import { MAX_EDITED_RECORDS } from '../../../src/lib/types/dataset-versions';
import type { AsyncRepositories } from '../../db/async-repositories';
import { CARRIED_FILE } from './dataset-files';
import type { DatasetPaths } from './dataset-paths';
import { isSought } from './record-index';
import type { PageRequest } from './record-index';
import { recordsAtLines, recordsOfIds } from './record-selection';
import type { SelectedRecords } from './record-selection';
import { VersionRecipe } from './version-recipe';

interface ExcludedOptions {
  readonly repositories: Pick<AsyncRepositories, 'datasetVersions'>;
  readonly paths: DatasetPaths;
}

interface OfVersion {
  readonly datasetId: string;
  /** The version that is without them. */
  readonly versionId: string;
}

/** Records that were left out by hand: only versions from before that still know them, or carried them over. */
export class ExcludedRecords {
  readonly #options: ExcludedOptions;

  constructor(options: ExcludedOptions) {
    this.#options = options;
  }

  /** As the newest version that has them wrote them, in the order of the original file. */
  async page(of: OfVersion, { offset, limit, query = '' }: PageRequest & { readonly query?: string }) {
    const found = await this.#holding(of, query);
    return { total: found.length, records: found.slice(offset, offset + limit) };
  }

  /** Of those that hold a text, in the order of the original file. */
  async ids(of: OfVersion, query: string): Promise<SelectedRecords> {
    const found = await this.#holding(of, query);
    const shown = found.slice(0, MAX_EDITED_RECORDS);
    return { ids: shown.map(({ id }) => id), indexes: [], truncated: found.length > shown.length };
  }

  /** As a search among the records in use would find them; all for no text. */
  async #holding(of: OfVersion, query: string): Promise<CanonicalRecord[]> {
    const all = await this.#all(of);
    return query.trim() === '' ? all : all.filter((record) => isSought(record, query));
  }

  async #all(of: OfVersion): Promise<CanonicalRecord[]> {
    const missing = new Set(await this.#ids(of.versionId));
    const found: CanonicalRecord[] = [];
    for await (const file of this.#files(of)) {
      if (missing.size === 0) break;
      for (const record of await recordsOfIds(file, missing)) {
        found.push(record);
        missing.delete(record.id);
      }
    }
    return found.toSorted((one, other) => one.source_line - other.source_line);
  }

  /** Ids of those that begin on these lines of the original, by line. */
  async atLines(of: OfVersion, lines: ReadonlySet<number>): Promise<Map<number, string[]>> {
    const among = new Set(await this.#ids(of.versionId));
    const found = new Map<number, string[]>();
    for await (const file of this.#files(of)) {
      const here = await recordsAtLines(file, { lines, among });
      for (const [line, ids] of here) found.set(line, [...new Set([...(found.get(line) ?? []), ...ids])]);
    }
    return found;
  }

  async #ids(versionId: string): Promise<readonly string[]> {
    return VersionRecipe.parse(await this.#options.repositories.datasetVersions.recipe(versionId)).exclude;
  }

  /**
   * Newest first, of the same original: in another one an id may name another record. A version whose files
   * were taken away tells nothing, but another may know the same record.
   */
  async *#files({ datasetId, versionId }: OfVersion): AsyncGenerator<string> {
    const { repositories, paths } = this.#options;
    const versions = await repositories.datasetVersions.list(datasetId);
    const source = versions.find(({ id }) => id === versionId)?.source_sha256;
    for (const { path, source_sha256 } of versions) {
      if (source_sha256 !== source) continue;
      const file = paths.absolute(path);
      for (const each of [file, join(dirname(file), CARRIED_FILE)]) if (existsSync(each)) yield each;
    }
  }
}
