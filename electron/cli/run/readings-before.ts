import { AppError } from '../../../src/lib/messages/app-error';
import type { ImportOptions } from '../../services/datasets/dataset-imports';
import { wordsOfReading } from '../../services/datasets/version-recipe';
import type { Workplace } from '../command';
import { requireFiles } from '../find';

/** How files like each of these were read last time; says so, and refuses a file like none before. */
export const readingsBefore = async (
  { app, output }: Workplace,
  files: readonly string[],
): Promise<ReadonlyMap<string, ImportOptions>> => {
  await requireFiles(files);
  const found = new Map<string, ImportOptions>();
  for (const file of files) {
    const { is_remembered, reading } = await app.services.previews.look(file, null);
    if (!is_remembered) throw nothingBefore(file);
    output.note(
      `${file}: read as last time for files with these columns or fields: ${JSON.stringify(reading)}`,
    );
    found.set(file, wordsOfReading(reading));
  }
  return found;
};

const nothingBefore = (file: string): AppError =>
  new AppError({
    code: 'reading_not_remembered',
    message: `No file with the columns or fields of “${file}” was imported with a mapping before.`,
    hint: 'Say how it is to be read with --map, --table, --role, --encoding or --system-prompt.',
  });
