import { z } from 'zod';
import { DatasetProblem } from '../../../src/lib/types/dataset-records';
import { Dataset } from '../../../src/lib/types/lora-training';
import type { DatasetPaths } from './dataset-paths';
import type { ImportedVersion } from './import/import-request';

/** The columns of a dataset that say what its current version holds. */
const VersionSummary = z.object({
  ...Dataset.pick({
    kind: true,
    format: true,
    total_training_pairs: true,
    total_validation_pairs: true,
    avg_turns_per_conversation: true,
    validated_at: true,
    sample_data: true,
    report: true,
    file_name: true,
    file_size: true,
  }).partial({ kind: true, format: true, file_name: true, file_size: true }).shape,
  validation_errors: z.array(DatasetProblem).nullable(),
});
type VersionSummary = z.infer<typeof VersionSummary>;

/** What is kept with a version, so that its dataset can show it again. */
export function summaryOf(columns: z.input<typeof VersionSummary>): VersionSummary {
  return VersionSummary.parse(columns);
}

const UNKNOWN: VersionSummary = {
  total_training_pairs: null,
  total_validation_pairs: null,
  avg_turns_per_conversation: null,
  validated_at: null,
  sample_data: null,
  report: null,
  validation_errors: null,
};

/** The same of a version of which nothing was written down but what its files say. */
export function summaryOfFiles(
  known: Required<Pick<VersionSummary, 'kind' | 'format'>> & Pick<VersionSummary, 'file_size'>,
): VersionSummary {
  return summaryOf({ ...UNKNOWN, ...known });
}

/** The columns of a dataset whose current version this becomes; its tokens are counted anew. */
export function columnsOfVersion(summary: unknown) {
  const known = summary === null ? UNKNOWN : VersionSummary.parse(summary);
  return { ...known, total_tokens: null, avg_tokens_per_turn: null };
}

interface PublishedVersion {
  readonly datasetId: string;
  readonly version: ImportedVersion;
  readonly paths: DatasetPaths;
}

export function versionRow({ datasetId, version, paths }: PublishedVersion) {
  const { sha256, sourceSha256, sizeBytes, records } = version;
  return {
    dataset_id: datasetId,
    sha256,
    ...paths.versionPaths(datasetId, sha256),
    source_sha256: sourceSha256,
    records,
    size_bytes: sizeBytes,
  };
}
