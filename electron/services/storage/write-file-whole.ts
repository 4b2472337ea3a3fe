import writeFileAtomic from 'write-file-atomic';
import { AppError } from '../../../src/lib/messages/app-error';

/** Writes the whole file, over what was there, or none of it. Throws `file_unwritable`. */
export const writeFileWhole = async (path: string, content: string | Buffer): Promise<void> => {
  await writeFileAtomic(path, content).catch((thrown: unknown) => {
    throw new AppError({
      code: 'file_unwritable',
      message: `${path} could not be written: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
      hint: 'Choose a folder that exists and that you may write to, on a disk with room.',
    });
  });
};
