import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { AsyncRepositories } from '../../db/async-repositories';
import type { JobFile } from '../../../src/lib/types/run-folder';
import type { RunInputs } from '../trainer/run-inputs';
import { DATASET_BUCKET, inBucket, type Paths, runDirOf } from './paths';
import { MIXTURE_FILE } from './run-folder';
import { recordsFile } from './run-sources';

export interface FindInputsOptions {
  readonly repositories: Pick<AsyncRepositories, 'datasetVersions' | 'baseModels'>;
  readonly paths: Paths;
}

// A hint from another machine may lead where nobody may look.
const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const firstThere = async (paths: readonly string[]): Promise<string | null> => {
  for (const path of paths) if (await isThere(path)) return path;
  return null;
};

const keptDatasets = async (
  { job_id, dataset: { dataset_id, sha256 } }: JobFile,
  { repositories, paths }: FindInputsOptions,
): Promise<readonly string[]> => {
  const versions = await repositories.datasetVersions.list(dataset_id);
  const stored = versions
    .filter((version) => version.sha256 === sha256)
    .map(({ path }) => inBucket(paths, DATASET_BUCKET, path));
  return [join(runDirOf(paths, job_id), MIXTURE_FILE), ...stored];
};

const keptModels = async (
  { base_model: { fingerprint } }: JobFile,
  { repositories }: FindInputsOptions,
): Promise<readonly string[]> => {
  const models = await repositories.baseModels.list();
  return models.filter((model) => model.fingerprint === fingerprint).map(({ path }) => path);
};

/** By the hints in the run's folder, or where the app has the same now; the hints where it has neither. */
export const findInputs = async (file: JobFile, options: FindInputsOptions): Promise<RunInputs> => {
  const [dataset, base_model] = [file.dataset.path, file.base_model.path];
  const found = (await isThere(dataset)) ? dataset : await firstThere(await keptDatasets(file, options));
  return {
    dataset: found === null ? dataset : await recordsFile(found),
    base_model: (await firstThere([base_model, ...(await keptModels(file, options))])) ?? base_model,
  };
};
