import { recognisedFormat } from '../../../src/lib/messages/dataset-formats';
import type { Dataset } from '../../../src/lib/types/lora-training';
import type { ArtifactFile, ModelArtifact } from '../../../src/lib/types/model-artifact';
import { DATASET_BUCKET, inBucket, MODEL_BUCKET, pathsOf } from '../../services/jobs/paths';
import type { Workplace } from '../command';

export type Place = Pick<Workplace, 'io' | 'dataDir'>;

const absolute = ({ io, dataDir }: Place, bucket: string, relative: string): string =>
  inBucket(pathsOf(dataDir, io.resourcesDir), bucket, relative);

type DatasetDocument = Omit<Dataset, 'format'> & { readonly format: Dataset['format'] | null };

// The database keeps paths relative to their bucket, and a format for files that have none;
// what a script reads must not depend on that.
export const datasetDocument = (place: Place, dataset: Dataset): DatasetDocument => ({
  ...dataset,
  format: recognisedFormat(dataset),
  storage_path: absolute(place, DATASET_BUCKET, dataset.storage_path),
});

export const artifactFiles = (place: Place, { artifacts }: ModelArtifact): ArtifactFile[] =>
  artifacts.map((file) => ({ ...file, path: absolute(place, MODEL_BUCKET, file.path) }));

export const artifactDocument = (place: Place, artifact: ModelArtifact): ModelArtifact => ({
  ...artifact,
  artifacts: artifactFiles(place, artifact),
  storage_path: adapterDirOf(place, artifact),
});

/** The folder of a stored adapter. */
export const adapterDirOf = (place: Place, { storage_path }: ModelArtifact): string =>
  absolute(place, MODEL_BUCKET, storage_path);
