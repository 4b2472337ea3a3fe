import writeFileAtomic from 'write-file-atomic';
import { AppError } from '../../../src/lib/messages/app-error';

const unwritable = (path: string, thrown: unknown): AppError =>
  new AppError({
    code: 'file_unwritable',
    message: `${path} could not be written: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
    hint: 'Choose a folder that exists and that you may write to.',
  });

/** Whole or not at all. Throws `file_unwritable`. */
export const writeCsvFile = async (path: string, csv: string): Promise<void> => {
  await writeFileAtomic(path, csv).catch((thrown: unknown) => {
    throw unwritable(path, thrown);
  });
};
