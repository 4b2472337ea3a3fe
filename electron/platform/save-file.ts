import writeFileAtomic from 'write-file-atomic';
import { AppError } from '../../src/lib/messages/app-error';

interface FileToSave {
  readonly path: string;
  readonly content: string;
  readonly encoding: 'utf8' | 'base64';
}

/** Writes the whole file or none of it. Throws `file_unwritable`. */
export const saveFile = async ({ path, content, encoding }: FileToSave): Promise<void> => {
  await writeFileAtomic(path, Buffer.from(content, encoding)).catch((thrown: unknown) => {
    throw new AppError({
      code: 'file_unwritable',
      message: `${path} could not be written: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
      hint: 'Choose a folder that exists and that you may write to, on a disk with room.',
    });
  });
};
