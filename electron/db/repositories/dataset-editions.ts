import type { DatasetProblem } from '../../../src/lib/types/dataset-records';
import type { Dataset } from '../../../src/lib/types/lora-training';
import { datasetProblemRepository, datasetVersionRepository } from './dataset-parts';
import type { NewDatasetVersion } from './dataset-parts';
import { datasetRepository, type DatasetChanges } from './datasets';
import type { Bound } from './session';

/** What a dataset shows of the version that becomes its current one. */
export interface Edition {
  readonly changes: DatasetChanges;
  readonly problems: readonly DatasetProblem[];
}

/** Changes of the current version, with all that belongs to it; each call is one transaction. */
export const datasetEditionRepository = (bound: Bound) => {
  const datasets = datasetRepository(bound);
  const versions = datasetVersionRepository(bound);
  const problems = datasetProblemRepository(bound);

  const show = (datasetId: string, versionId: string, edition: Edition): Dataset | null => {
    problems.clear(datasetId);
    problems.insertMany(datasetId, edition.problems);
    return datasets.update(datasetId, { ...edition.changes, current_version_id: versionId });
  };

  return {
    /**
     * A version made on top of `baseId`, which becomes the current one; the same content again is the
     * version that is there. Null, and nothing stored, where another version has become current since.
     */
    adopt: (
      version: NewDatasetVersion,
      { baseId, ...edition }: Edition & { readonly baseId: string },
    ): Dataset | null => {
      if (versions.current(version.dataset_id)?.id !== baseId) return null;
      return show(version.dataset_id, versions.create(version).id, edition);
    },
    /** An older version, current again. */
    use: (versionId: string, edition: Edition): Dataset | null => {
      const version = versions.get(versionId);
      return version === null ? null : show(version.dataset_id, version.id, edition);
    },
  };
};
