import { AppError } from '../../../src/lib/messages/app-error';
import { formatAmount, formatDuration } from '../../../src/lib/messages/format';
import { notThere } from '../../../src/lib/messages/not-there';
import { SOURCE_DAMAGED } from './import/stored-source';
import { gravest } from '../../../src/lib/types/dataset-records';
import type { DatasetReport } from '../../../src/lib/types/dataset-records';
import type { Dataset } from '../../../src/lib/types/lora-training';

export function datasetInBin({ id, name }: Pick<Dataset, 'id' | 'name'>): AppError {
  return new AppError({
    code: 'not_found',
    message: `“${name}” is in the bin.`,
    hint: `Bring it back first, from the bin on the page Datasets or with \`pipeline datasets restore ${id}\`.`,
  });
}

export function datasetNotFound(id: string): AppError {
  return notThere('dataset', id);
}

export function datasetNotReady(name: string): AppError {
  return new AppError({
    code: 'dataset_not_ready',
    message: `The dataset “${name}” has no records to show: its import is not finished, or found none.`,
    hint: 'Look at its problems, correct the file and import it again.',
  });
}

export function versionNotFound({ id, name }: Pick<Dataset, 'id' | 'name'>, number: number): AppError {
  return new AppError({
    code: 'not_found',
    message: `“${name}” has no version ${String(number)}.`,
    hint: `See which there are: \`pipeline datasets versions ${id}\`.`,
  });
}

export function versionFilesMissing(number: number): AppError {
  return new AppError({
    code: 'dataset_version_missing',
    message: `The records of version ${String(number)} are not in the data folder any more.`,
    hint: 'Put the folder back from a copy, or work with another version.',
  });
}

export function sourceMissing(name: string): AppError {
  return new AppError({
    code: 'dataset_source_missing',
    message: `The original file of “${name}” is not in the data folder any more, so it cannot be read again.`,
    hint: 'Import the file again; its records and versions stay as they are.',
  });
}

export function readingForgotten(name: string): AppError {
  return new AppError({
    code: 'dataset_reading_forgotten',
    message: `“${name}” was imported with options that were not kept, so its original cannot be read as it was then.`,
    hint: 'Import the file again with those options, and edit that dataset.',
  });
}

export function searchSuperseded(): AppError {
  return new AppError({
    code: 'search_superseded',
    message: 'Another search of this dataset began before this one was done.',
    hint: 'Look at what that one finds.',
  });
}

/** Ids say which records only of the original that they were looked up in. */
export function editOvertaken(name: string): AppError {
  return new AppError({
    code: 'dataset_edited_meanwhile',
    message: `“${name}” was made anew from another file in the meantime, so nothing was left out or taken in.`,
    hint: 'Look at its records again, and choose among those.',
  });
}

export function fileChanged(name: string): AppError {
  return new AppError({
    code: 'dataset_source_changed',
    message: `The file has changed since its difference to “${name}” was shown, so no version was made.`,
    hint: 'Look at the difference again.',
  });
}

/** `excluded`: how many records that version leaves out by hand. */
export function recordsAreVersion(
  name: string,
  { number, excluded }: { readonly number: number; readonly excluded: number },
): AppError {
  return new AppError({
    code: 'dataset_unchanged',
    message: `These are the records of version ${String(number)} of “${name}”, so no version was made.`,
    hint: `Use version ${String(number)} again; it leaves out ${excluded === 0 ? 'nothing' : formatAmount(excluded, 'record')} by hand.`,
  });
}

export function editChangesNothing(name: string): AppError {
  return new AppError({
    code: 'dataset_unchanged',
    message: `Nothing of “${name}” would change, so no version was made.`,
    hint: 'Choose other records or another fix.',
  });
}

export function fileChangesNothing(name: string): AppError {
  return new AppError({
    code: 'dataset_unchanged',
    message: `The file gives the same records as the version of “${name}” in use, so no version was made.`,
    hint: 'Choose the newer file.',
  });
}

export function editLeavesNothing(name: string): AppError {
  return new AppError({
    code: 'dataset_left_empty',
    message: `No usable record of “${name}” would be left, so no version was made.`,
    hint: 'Leave at least one record in it.',
  });
}

export function recordsAbsent(name: string, ids: readonly string[]): AppError {
  const shown = ids.slice(0, SHOWN_NAMES).map((id) => `“${id}”`);
  return new AppError({
    code: 'not_found',
    message: `“${name}” has no usable record ${listed(shown, ids.length)}, so no version was made.`,
    hint: 'Look at its records again: another edit may have come first.',
  });
}

export function linesUnusable(lines: readonly number[], kind: 'used' | 'excluded'): AppError {
  const where = lines.length === 1 ? 'Line' : 'Lines';
  const why = kind === 'used' ? 'no record that is in use begins there' : 'no excluded record begins there';
  return new AppError({
    code: 'dataset_line_unusable',
    message: `${where} ${listed(lines.slice(0, SHOWN_NAMES).map(String), lines.length)} of the original file: ${why}. Nothing was changed.`,
    hint: 'Give the lines on which such records begin.',
  });
}

export function editEnded(why: 'cancelled' | 'interrupted'): AppError {
  return new AppError({
    code: `edit_${why}`,
    message: `The edit was ${why}; the dataset is as it was.`,
    hint: 'Make it again when you like.',
  });
}

const SHOWN_NAMES = 5;

function listed(shown: readonly string[], total: number): string {
  const more = total - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${String(more)} more` : shown.join(', ');
}

export function recordNotFound(index: number, total: number): AppError {
  return new AppError({
    code: 'not_found',
    message: `There is no record ${String(index + 1)}; the dataset has ${String(total)}.`,
    hint: 'Choose a record between 1 and that number.',
  });
}

export function lineNotFound(line: number): AppError {
  return new AppError({
    code: 'not_found',
    message: `The source file has no line ${String(line)}, or it was not kept.`,
    hint: 'Import the file again.',
  });
}

/** Why a finished import leaves a dataset that cannot be used. */
export function noUsableRecords({ records_total, problems, reason }: DatasetReport): AppError {
  const first = gravest(problems);
  const why = first === undefined ? reason : first.error;
  const message =
    records_total > 1 ? `None of the ${String(records_total)} records can be used. ${why}` : why;
  return new AppError({
    code: 'no_usable_records',
    message,
    hint: first?.suggestion ?? 'Correct the file and import it again.',
  });
}

const SYSTEM_ERRORS: ReadonlyMap<
  string,
  { readonly code: string; readonly message: string; readonly hint: string }
> = new Map([
  [
    SOURCE_DAMAGED,
    {
      code: 'dataset_source_damaged',
      message: 'The kept copy of the original file is not what was imported, so nothing was made of it.',
      hint: 'Import the file again, and look at the health of this drive.',
    },
  ],
  [
    'ENOSPC',
    {
      code: 'disk_full',
      message: 'The disk is full, so nothing was kept.',
      hint: 'Free some space, or move the data folder to another drive.',
    },
  ],
  [
    'EDQUOT',
    {
      code: 'disk_full',
      message: 'Your disk quota is used up, so nothing was kept.',
      hint: 'Free some space, or move the data folder to another drive.',
    },
  ],
  [
    'EFBIG',
    {
      code: 'disk_full',
      message: 'The system does not allow a file of this size, so nothing was kept.',
      hint: 'Raise the file size limit, or split the file.',
    },
  ],
  [
    'EROFS',
    {
      code: 'data_folder_read_only',
      message: 'The data folder cannot be written to.',
      hint: 'Give this program the right to write there, or choose another data folder.',
    },
  ],
  [
    'EACCES',
    {
      code: 'data_folder_read_only',
      message: 'The data folder cannot be written to.',
      hint: 'Give this program the right to write there, or choose another data folder.',
    },
  ],
]);

/** An import that broke off for a reason that is not in the file. */
export function importFailed(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
  const known = typeof code === 'string' ? SYSTEM_ERRORS.get(code) : undefined;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError(
    known ?? {
      code: 'import_failed',
      message: `The import broke off: ${detail.replace(/\.$/, '')}.`,
      hint: 'Try again; if it happens again, the log in Settings says more.',
    },
  );
}

/** The thread of an import was caught in one piece of work, as a damaged Parquet file can bring about. */
export function importCaught(afterMs: number): AppError {
  return new AppError({
    code: 'import_caught',
    message: `The import was ended, because nothing came of it for ${formatDuration(afterMs)}: the file is most likely damaged.`,
    hint: 'Write or download the file again, and import it again.',
  });
}

/** The same of a look at its beginning. */
export function lookCaught(afterMs: number): AppError {
  return new AppError({
    code: 'look_caught',
    message: `The look at the file was ended, because nothing came of it for ${formatDuration(afterMs)}: the file is most likely damaged.`,
    hint: 'Write or download the file again, and choose it again.',
  });
}

export function importInterrupted(): AppError {
  return new AppError({
    code: 'import_interrupted',
    message: 'The import was interrupted, because Pipeline ended before it was finished.',
    hint: 'Import the file again.',
  });
}
