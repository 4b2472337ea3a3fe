import { z } from 'zod';
import type { ImportOptions } from '../../services/datasets/dataset-imports';
import { usageError } from '../command';

/** How `datasets import` is told to read files; the only place that knows these words. */
export const IMPORT_FLAGS: readonly (readonly [string, string])[] = [
  ['--name <name>', "what it is called; the file's name otherwise"],
  ['--description <text>', 'what it is for'],
  ['--encoding <encoding>', 'where the file is not UTF-8 and is not recognised'],
  ['--salvage', 'keep what can be read of damaged records'],
];

const isEncoding = (label: string): boolean => {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch (thrown) {
    if (thrown instanceof RangeError) return false;
    throw thrown;
  }
};

export const ImportWords = z.object({
  name: z.string().trim().min(1, 'give a name').max(200, 'give 200 characters or less').optional(),
  description: z.string().optional(),
  encoding: z
    .string()
    .refine(isEncoding, 'not an encoding that is known here, such as utf-16le or windows-1252')
    .optional(),
  salvage: z.boolean().optional(),
});
type ImportWords = z.infer<typeof ImportWords>;

export const importOptionsOf = (words: ImportWords, files: readonly string[]): ImportOptions => {
  if (words.name !== undefined && files.length > 1)
    throw usageError(
      '--name is for one file.',
      'Import the files one by one, or leave the name out: each is called after its file.',
    );
  return words;
};
