import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import type { EditFile } from '../../../src/lib/types/dataset-versions';
import type { Dataset } from '../../../src/lib/types/lora-training';
import type { DatasetVersionRow } from '../../db/schema';
import { isMissing } from '../trainer/file-errors';
import { sourceMissing } from './dataset-errors';
import type { ImportsOptions } from './dataset-imports';
import type { ImportProgress, ImportRequest, ImportResult, Revision } from './import/import-request';
import { phaseClock } from './phase-clock';
import type { TimedProgress } from './phase-clock';
import { newStagingToken } from './staging';
import { throttled } from './throttle';
import { readingOf } from './version-recipe';
import type { VersionRecipe } from './version-recipe';

/** What an edit stands on. */
export interface Base {
  readonly dataset: Dataset;
  readonly version: DatasetVersionRow;
  readonly recipe: VersionRecipe;
  /** Whether that was kept with the version. */
  readonly isKnown: boolean;
}

export interface Reading {
  readonly base: Base;
  readonly recipe: VersionRecipe;
  /** In the place of the original that the dataset keeps. */
  readonly file?: EditFile | undefined;
  readonly how: Pick<Revision, 'isPreview' | 'page' | 'moreAt' | 'tries' | 'announceIn'>;
  readonly signal: AbortSignal;
}

type ReaderOptions = Pick<ImportsOptions, 'paths' | 'runImport' | 'publisher' | 'maxFileBytes'>;

/** Reads the kept original of a version again, or a newer file, for what may become another version. */
export class RevisionReader {
  readonly #options: ReaderOptions;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  async read({ base, recipe, file, how, signal }: Reading): Promise<ImportResult> {
    const { paths, runImport } = this.#options;
    const { dataset, version } = base;
    const request: ImportRequest = {
      ...(file ? await this.#newSource(file) : await this.#keptSource(base)),
      datasetDir: paths.datasetDir(dataset.id),
      stagingToken: newStagingToken(),
      ...readingOf(recipe),
      revision: {
        isNewFile: file !== undefined,
        sourceSha256: version.source_sha256,
        current: { sha256: version.sha256, path: paths.absolute(version.path) },
        carry: file && this.#leftOut(base),
        ...how,
      },
    };
    return runImport(request, this.#progressOf(dataset.id), signal);
  }

  #leftOut({ dataset, version: { source_path }, recipe }: Base): Revision['carry'] {
    const { exclude: ids, fixes: _fixes, ...reading } = recipe;
    if (ids.length === 0) return undefined;
    const sourcePath = source_path === null ? null : this.#options.paths.absolute(source_path);
    return { ids, sourcePath, fileName: dataset.file_name, reading };
  }

  async #newSource({ path }: EditFile) {
    const maxBytes = await this.#options.maxFileBytes?.();
    return { sourcePath: path, fileName: basename(path), followLink: true, maxBytes };
  }

  async #keptSource({ dataset, version }: Base) {
    if (version.source_path === null) throw sourceMissing(dataset.name);
    const sourcePath = this.#options.paths.absolute(version.source_path);
    try {
      await access(sourcePath);
    } catch (error) {
      if (isMissing(error)) throw sourceMissing(dataset.name);
      throw error;
    }
    // It was within the limit when it was imported, which may have been another one.
    return { sourcePath, fileName: dataset.file_name, maxBytes: Number.MAX_SAFE_INTEGER };
  }

  #progressOf(dataset_id: string) {
    const timed = phaseClock();
    const publish = throttled((progress: TimedProgress) => {
      this.#options.publisher.publish('datasets.progress', { dataset_id, ...progress });
    });
    return (progress: ImportProgress) => publish(timed(progress));
  }
}
