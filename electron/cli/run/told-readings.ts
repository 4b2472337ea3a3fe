import type { ImportPreview } from '../../../src/lib/types/import-preview';
import type { ColumnMapping } from '../../../src/lib/types/dataset-reading';
import type { ImportOptions } from '../../services/datasets/dataset-imports';
import { readingOfWords } from '../../services/datasets/version-recipe';
import { usageError, type Workplace } from '../command';
import { requireFiles } from '../find';
import { safeLine } from '../output/safe-text';

/** What a record may lack. */
const OPTIONAL: ReadonlySet<string> = new Set(['system']);

const namesIn = (mapping: ColumnMapping): readonly string[] => [
  ...new Set(Object.entries(mapping).flatMap(([role, column]) => (OPTIONAL.has(role) ? [] : column))),
];

const quoted = (names: readonly string[]): string => names.map((name) => `“${name}”`).join(', ');

/** A file that says by itself what it is needs no layout of a table. */
const isTable = ({ table, report: { format, usable_records } }: ImportPreview): boolean =>
  table !== null || usable_records === 0 || format === 'text';

interface Fit {
  readonly options: ImportOptions;
  /** Null where the mapping reads the file; else the names that it has not, where they are known. */
  readonly missing: readonly string[] | null;
}

/** What is said of columns, laid over one file: kept where some record can be used then. */
const fitOf = async ({ app }: Workplace, file: string, told: ImportOptions): Promise<Fit> => {
  const { previews } = app.services;
  const { mapping = {}, table, ...others } = told;
  const plain = readingOfWords(others);
  const layout = table !== undefined && isTable(await previews.look(file, plain)) ? { table } : {};
  const { columns } = await previews.look(file, { ...plain, ...layout });
  const own = Object.fromEntries(
    Object.entries(mapping).filter(([role, column]) => !OPTIONAL.has(role) || columns.includes(column)),
  );
  const { report } = await previews.look(file, { ...plain, ...layout, mapping: own });
  if (report.usable_records > 0) return { missing: null, options: { ...others, ...layout, mapping: own } };
  return { missing: namesIn(mapping).filter((name) => !columns.includes(name)), options: others };
};

export interface ToldReadings {
  readonly of: (file: string) => ImportOptions;
  /** Files that the mapping does not read. */
  readonly unmapped: ReadonlySet<string>;
}

/**
 * Of several files those that the mapping can read are read by it, as those of one shape are in the window;
 * the others without it, and that is said. Refused where it reads none.
 */
export const readingsTold = async (
  work: Workplace,
  files: readonly string[],
  told: ImportOptions,
): Promise<ToldReadings> => {
  if (told.mapping === undefined || files.length < 2) return { of: () => told, unmapped: new Set() };
  await requireFiles(files);
  const fits = new Map<string, Fit>();
  for (const file of files) fits.set(file, await fitOf(work, file, told));
  const others = [...fits].flatMap(([file, { missing }]) => (missing ? [{ file, missing }] : []));
  if (others.length === fits.size)
    throw usageError(
      `No record of any of the files can be read by --map: ${quoted(namesIn(told.mapping))}.`,
      'Import one of them alone without --map to see its names.',
    );
  const flags = told.table === undefined ? '--map' : '--map and --table';
  for (const { file, missing } of others)
    work.output.note(`${safeLine(file)}: read without ${flags}: ${whyNot(missing)}.`);
  return { of: (file) => fits.get(file)?.options ?? told, unmapped: new Set(others.map(({ file }) => file)) };
};

const whyNot = (missing: readonly string[]): string =>
  missing.length === 0 ? 'none of its records can be used that way' : `it has no ${quoted(missing)}`;
