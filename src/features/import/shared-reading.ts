import type { Reading } from '../../lib/types/dataset-reading';
import type { ImportFile } from './import-file';

/** What a file is read by at the moment: as told, else as it was found. */
const readingOf = ({ reading, preview }: ImportFile): Reading => reading ?? preview?.reading ?? {};

/** The words that hold for every file of a shape. Encoding and damage are each file's own. */
const sharedWords = ({ encoding: _encoding, salvage: _salvage, ...shared }: Reading): Reading => shared;

const withShared = ({ encoding, salvage }: Reading, reading: Reading): Reading => ({
  ...sharedWords(reading),
  ...(encoding !== undefined && { encoding }),
  ...(salvage !== undefined && { salvage }),
});

const isSame = (one: Reading, other: Reading): boolean =>
  JSON.stringify(sharedWords(one)) === JSON.stringify(sharedWords(other));

/** Those of the same columns or fields that wait as it does, whether or not they are read with it. */
export const filesLike = (file: ImportFile, files: readonly ImportFile[]): readonly ImportFile[] =>
  file.signature === null
    ? []
    : files.filter(
        ({ path, signature, datasetId }) =>
          path !== file.path && signature === file.signature && datasetId === null,
      );

const follow = (file: ImportFile, reading: Reading): ImportFile =>
  isSame(readingOf(file), reading) ? file : { ...file, reading: withShared(readingOf(file), reading) };

/** One file is told how to be read, and with it all of its shape that are not read on their own. */
export const withReading = (
  files: readonly ImportFile[],
  changed: ImportFile,
  reading: Reading,
): readonly ImportFile[] => {
  const isShared = !changed.isAlone && !isSame(readingOf(changed), reading);
  const followers = new Set(isShared ? filesLike(changed, files).filter(({ isAlone }) => !isAlone) : []);
  return files.map((file) => {
    if (file.path === changed.path) return { ...file, reading };
    return followers.has(file) ? follow(file, reading) : file;
  });
};

/** A file as the others of its shape were told to be read, where they were told anything. */
export const asOthersAreRead = (file: ImportFile, files: readonly ImportFile[]): ImportFile => {
  const told = filesLike(file, files).find(({ isAlone, reading }) => !isAlone && reading !== null);
  return told ? follow(file, readingOf(told)) : file;
};
