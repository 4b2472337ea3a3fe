import { createStore } from 'zustand/vanilla';
import type { Reading } from '../../lib/types/dataset-reading';
import type { ImportPreview } from '../../lib/types/import-preview';

/** A file on its way to become a dataset. */
export interface ImportFile {
  readonly path: string;
  /** How it was told to be read; null as files like it were last time, else as it is recognised. */
  readonly reading: Reading | null;
  /** Null for the name of the file. */
  readonly name: string | null;
  readonly description: string;
  /** The last look at it, and what it answers: a reading that was changed since is not seen yet. */
  readonly preview: ImportPreview | null;
  readonly seen: Reading | null;
  /** Once its import was started. */
  readonly datasetId: string | null;
}

/** Outlives its page: more files may be dropped on another. */
export const importFiles = createStore<{ readonly files: readonly ImportFile[] }>(() => ({ files: [] }));

const blank = (path: string): ImportFile => ({
  path,
  reading: null,
  name: null,
  description: '',
  preview: null,
  seen: null,
  datasetId: null,
});

/** Those that are there already stay as they are; those that are imported already begin anew. */
export const addFiles = (paths: readonly string[]): void =>
  importFiles.setState(({ files }) => {
    const waiting = files.filter(({ path, datasetId }) => datasetId === null || !paths.includes(path));
    const known = new Set(waiting.map(({ path }) => path));
    return { files: [...waiting, ...paths.filter((path) => !known.has(path)).map(blank)] };
  });

export const changeFile = (path: string, changes: Partial<Omit<ImportFile, 'path'>>): void =>
  importFiles.setState(({ files }) => ({
    files: files.map((file) => (file.path === path ? { ...file, ...changes } : file)),
  }));

export const removeFile = (path: string): void =>
  importFiles.setState(({ files }) => ({ files: files.filter((file) => file.path !== path) }));

/** Looked at as it is to be read, not imported yet, and with something in it that can be trained on. */
export const isImportable = ({ preview, seen, reading, datasetId }: ImportFile): boolean =>
  datasetId === null &&
  preview !== null &&
  JSON.stringify(seen) === JSON.stringify(reading) &&
  (preview.report.usable_records > 0 || !preview.is_whole);
