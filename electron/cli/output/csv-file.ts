import { resolve } from 'node:path';
import { type Cell, csvFile, toCsv } from '../../../src/lib/csv';
import { writeFileWhole } from '../../services/storage/write-file-whole';
import type { Output } from './output';

interface Sheet {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
}

/** Rows into a file, or with `-` to standard output. */
export const writeCsv = async (output: Output, to: string, { columns, rows }: Sheet): Promise<void> => {
  const csv = toCsv(columns, rows);
  if (to === '-') {
    output.text(csv);
    return;
  }
  const path = resolve(to);
  await writeFileWhole(path, csvFile(csv));
  output.answer({ path, rows: rows.length }, () => [
    `${rows.length} ${rows.length === 1 ? 'row is' : 'rows are'} in ${path}`,
  ]);
};
