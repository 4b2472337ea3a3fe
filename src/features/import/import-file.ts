import type { Reading } from '../../lib/types/dataset-reading';
import type { ImportPreview } from '../../lib/types/import-preview';

/** A file on its way to become a dataset. */
export interface ImportFile {
  readonly path: string;
  /** What it was called, where its path does not say it any more. */
  readonly fileName?: string;
  /** How it was told to be read; null as files like it were last time, else as it is recognised. */
  readonly reading: Reading | null;
  /** Null for the name of the file. */
  readonly name: string | null;
  readonly description: string;
  /** The last look at it, and what it answers: a reading that was changed since is not seen yet. */
  readonly preview: ImportPreview | null;
  readonly seen: Reading | null;
  /** What its columns or fields are called, as the first look found it; null where they have no names. */
  readonly signature: string | null;
  /** Whether it is read on its own, whatever others of its shape are told. */
  readonly isAlone: boolean;
  /** Once its import was started. */
  readonly datasetId: string | null;
}
