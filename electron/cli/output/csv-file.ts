import { resolve } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { AppError } from '../../../src/lib/messages/app-error';
import { type Cell, toCsv } from '../../../src/lib/csv';
import type { Output } from './output';

interface Sheet {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
}

const unwritable = (path: string, thrown: unknown): AppError =>
  new AppError({
    code: 'file_unwritable',
    message: `${path} could not be written: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
    hint: 'Choose a folder that exists and that you may write to.',
  });

/** Rows into a file, or with `-` to standard output. */
export const writeCsv = async (output: Output, to: string, { columns, rows }: Sheet): Promise<void> => {
  const csv = toCsv(columns, rows);
  if (to === '-') {
    output.text(csv);
    return;
  }
  const path = resolve(to);
  await writeFileAtomic(path, csv).catch((thrown: unknown) => {
    throw unwritable(path, thrown);
  });
  output.answer({ path, rows: rows.length }, () => [`${rows.length} rows are in ${path}`]);
};
