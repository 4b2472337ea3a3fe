import { createStore } from 'zustand/vanilla';
import type { Reading } from '../../lib/types/dataset-reading';
import type { ImportPreview } from '../../lib/types/import-preview';
import type { ImportFile } from './import-file';
import { asOthersAreRead, withReading } from './shared-reading';

/** Outlives its page: more files may be dropped on another. */
export const importFiles = createStore<{ readonly files: readonly ImportFile[] }>(() => ({ files: [] }));

/** As it is before anything was seen or said of it. */
export const blank = (path: string): ImportFile => ({
  path,
  reading: null,
  name: null,
  description: '',
  preview: null,
  seen: null,
  signature: null,
  isAlone: false,
  datasetId: null,
});

/** The kept original of a dataset, to be read another way. */
export const addKept = (path: string, words: Pick<ImportFile, 'fileName' | 'name' | 'description'>): void => {
  addFiles([path]);
  changeFile(path, words);
};

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

const fileAt = (files: readonly ImportFile[], path: string): ImportFile | undefined =>
  files.find((file) => file.path === path);

/** How a file is to be read, and with it those of its shape. */
export const changeReading = (path: string, reading: Reading): void =>
  importFiles.setState(({ files }) => {
    const file = fileAt(files, path);
    return file ? { files: withReading(files, file, reading) } : {};
  });

/** What a look at a file found; the first one tells its shape, and whether others of it were told something. */
export const noteLook = (path: string, seen: Reading | null, preview: ImportPreview): void => {
  changeFile(path, { preview, seen, ...(seen === null && { signature: preview.signature }) });
  if (seen === null) joinOthers(path);
};

/** On its own, or again as the others of its shape are. */
export const setAlone = (path: string, isAlone: boolean): void => {
  changeFile(path, { isAlone });
  if (!isAlone) joinOthers(path);
};

const joinOthers = (path: string): void =>
  importFiles.setState(({ files }) => ({
    files: files.map((file) => (file.path === path && !file.isAlone ? asOthersAreRead(file, files) : file)),
  }));

export const removeFile = (path: string): void =>
  importFiles.setState(({ files }) => ({ files: files.filter((file) => file.path !== path) }));

/** Looked at as it is to be read, not imported yet, and with something in it that can be trained on. */
export const isImportable = ({ preview, seen, reading, datasetId }: ImportFile): boolean =>
  datasetId === null &&
  preview !== null &&
  JSON.stringify(seen) === JSON.stringify(reading) &&
  (preview.report.usable_records > 0 || !preview.is_whole);
