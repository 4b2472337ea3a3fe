import type { DatasetReport } from '../../../../src/lib/types/dataset-records';
import type { ImportStatistics } from './statistics';

/** All that an import has to know; crosses to the worker thread as it is. */
export interface ImportRequest {
  readonly sourcePath: string;
  /** The dataset's folder in its bucket. Everything is written below it. */
  readonly datasetDir: string;
  /** A new name for the staging folder; the caller sweeps it when it ends the worker. */
  readonly stagingToken: string;
  readonly maxBytes?: number;
  /** A link is followed only when the user chose the link itself. */
  readonly followLink?: boolean;
  /** Reads the file in this encoding whatever its bytes look like. */
  readonly encoding?: string;
  /** Takes the elements of a faulty document that parse on their own. */
  readonly salvage?: boolean;
  readonly seed?: number;
  readonly share?: number;
}

export interface ImportedVersion {
  /** Of the canonical `dataset.jsonl`: what a job names and a trainer checks. */
  readonly sha256: string;
  readonly sourceSha256: string;
  readonly sizeBytes: number;
  readonly records: number;
}

export interface ImportResult {
  readonly report: DatasetReport;
  readonly statistics: ImportStatistics;
  readonly sourceBytes: number;
  /** Where a followed link led. */
  readonly linkTarget: string | null;
  /** Folder under the dataset's, with the source and its problems; null when nothing could be read. */
  readonly versionDir: string | null;
  /** Null when no record can be used. */
  readonly version: ImportedVersion | null;
}

export interface ImportProgress {
  readonly bytes_done: number;
  readonly bytes_total: number;
  readonly records: number;
  readonly problems: number;
}
