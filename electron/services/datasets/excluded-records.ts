import { existsSync } from 'node:fs';
import type { CanonicalRecord } from '../../../src/lib/types/dataset-records';
import type { AsyncRepositories } from '../../db/async-repositories';
import type { DatasetPaths } from './dataset-paths';
import type { PageRequest } from './record-index';
import { recordsAtLines, recordsOfIds } from './record-selection';
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

/** Records that were left out by hand: only versions from before that still know them. */
export class ExcludedRecords {
  readonly #options: ExcludedOptions;

  constructor(options: ExcludedOptions) {
    this.#options = options;
  }

  /** As the newest version that has them wrote them, in the order of the original file. */
  async page(of: OfVersion, { offset, limit }: PageRequest) {
    const ids = await this.#ids(of.versionId);
    const missing = new Set(ids);
    const found: CanonicalRecord[] = [];
    for await (const file of this.#files(of.datasetId)) {
      if (missing.size === 0) break;
      for (const record of await recordsOfIds(file, missing)) {
        found.push(record);
        missing.delete(record.id);
      }
    }
    const inOrder = found.toSorted((one, other) => one.source_line - other.source_line);
    return { total: inOrder.length, records: inOrder.slice(offset, offset + limit) };
  }

  /** Ids of those that begin on these lines of the original, by line. */
  async atLines(of: OfVersion, lines: ReadonlySet<number>): Promise<Map<number, string[]>> {
    const among = new Set(await this.#ids(of.versionId));
    const found = new Map<number, string[]>();
    for await (const file of this.#files(of.datasetId)) {
      const here = await recordsAtLines(file, { lines, among });
      for (const [line, ids] of here) found.set(line, [...new Set([...(found.get(line) ?? []), ...ids])]);
    }
    return found;
  }

  async #ids(versionId: string): Promise<readonly string[]> {
    return VersionRecipe.parse(await this.#options.repositories.datasetVersions.recipe(versionId)).exclude;
  }

  /** Newest first; one whose files were taken away tells nothing, but another may know the same record. */
  async *#files(datasetId: string): AsyncGenerator<string> {
    const { repositories, paths } = this.#options;
    for (const { path } of await repositories.datasetVersions.list(datasetId)) {
      const file = paths.absolute(path);
      if (existsSync(file)) yield file;
    }
  }
}
