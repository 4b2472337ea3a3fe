import type { ImportPreview } from '../../../src/lib/types/import-preview';
import type { ColumnMapping } from '../../../src/lib/types/dataset-reading';
import type { ImportOptions } from '../../services/datasets/dataset-imports';
import { readingOfWords } from '../../services/datasets/version-recipe';
import { usageError, type Workplace } from '../command';
import { requireFiles } from '../find';

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
  readonly missing: readonly string[];
}

/** What is said of columns, laid over one file. */
const fitOf = async ({ app }: Workplace, file: string, told: ImportOptions): Promise<Fit> => {
  const { previews } = app.services;
  const { mapping = {}, table, ...others } = told;
  const plain = readingOfWords(others);
  const first = await previews.look(file, plain);
  const layout = table !== undefined && isTable(first) ? { table } : {};
  const { columns } = layout.table === undefined ? first : await previews.look(file, { ...plain, ...layout });
  const missing = namesIn(mapping).filter((name) => !columns.includes(name));
  return { missing, options: { ...others, ...(missing.length === 0 && { ...layout, mapping }) } };
};

/**
 * Of several files those that have the columns of the mapping are read by it, as those of one shape are in
 * the window; the others as they are recognised, and that is said. Refused where none has them.
 */
export const readingsTold = async (
  work: Workplace,
  files: readonly string[],
  told: ImportOptions,
): Promise<(file: string) => ImportOptions> => {
  if (told.mapping === undefined || files.length < 2) return () => told;
  await requireFiles(files);
  const fits = new Map<string, Fit>();
  for (const file of files) fits.set(file, await fitOf(work, file, told));
  const others = [...fits].filter(([, { missing }]) => missing.length > 0);
  if (others.length === fits.size)
    throw usageError(
      `None of the files has all columns or fields of --map: ${quoted(namesIn(told.mapping))}.`,
      'Import one of them alone without --map to see its names.',
    );
  for (const [file, { missing }] of others)
    work.output.note(`${file}: read as it is recognised, without --map: it has no ${quoted(missing)}.`);
  return (file) => fits.get(file)?.options ?? told;
};
