import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceMetadata } from '../../../src/lib/types/dataset-metadata';
import type { Dataset } from '../../../src/lib/types/lora-training';
import type { ProblemPlace, RawPart } from '../../../src/lib/types/raw-part';
import { datasetNotFound, lineNotFound, sourceMissing } from './dataset-errors';
import { SOURCE_FILE } from './dataset-files';
import type { VersionsOptions } from './dataset-versions';
import { recordScans } from './record-scans';
import { listDir } from './staging';
import { VersionRecipe } from './version-recipe';

/** The files from which datasets were read, as they were kept. */
export class DatasetOriginals {
  readonly #options: VersionsOptions;

  constructor(options: VersionsOptions) {
    this.#options = options;
  }

  /** To be read another way. */
  async source(id: string): Promise<{ readonly path: string; readonly file_name: string }> {
    const { name, file_name } = await this.#dataset(id);
    const path = await this.#path(id);
    if (path === null) throw sourceMissing(name);
    return { path, file_name };
  }

  /** What an original says of itself. */
  async metadata(id: string): Promise<SourceMetadata> {
    const { scans = recordScans } = this.#options;
    const { path } = await this.source(id);
    return scans.metadata({ path });
  }

  /** What stands where a problem is. */
  async rawPart(id: string, place: ProblemPlace): Promise<RawPart> {
    const { scans = recordScans } = this.#options;
    const { file_name: fileName } = await this.#dataset(id);
    const path = await this.#path(id);
    const kept = path === null ? null : { path, fileName, reading: await this.#reading(id) };
    const part = kept && (await scans.raw({ kept, place }));
    if (part === null) throw lineNotFound(place.line);
    return part;
  }

  async #dataset(id: string): Promise<Dataset> {
    const dataset = await this.#options.repositories.datasets.get(id);
    if (dataset === null) throw datasetNotFound(id);
    return dataset;
  }

  /** As the current version was read; of a file that gave none nobody kept how. */
  async #reading(id: string) {
    const { datasetVersions } = this.#options.repositories;
    const version = await datasetVersions.current(id);
    const kept = version === null ? {} : await datasetVersions.recipe(version.id);
    const { exclude: _exclude, fixes: _fixes, ...reading } = VersionRecipe.parse(kept);
    return reading;
  }

  /** That of the current version; a file without usable records has a folder but no version. */
  async #path(id: string): Promise<string | null> {
    const { repositories, paths } = this.#options;
    const version = await repositories.datasetVersions.current(id);
    if (version?.source_path) return paths.absolute(version.source_path);
    const versionsDir = join(paths.datasetDir(id), 'versions');
    const [only] = await listDir(versionsDir);
    if (only === undefined) return null;
    const path = join(versionsDir, only, SOURCE_FILE);
    await access(path);
    return path;
  }
}
