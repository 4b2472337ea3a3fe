import { z } from 'zod';
import type { ImportOptions } from '../../services/datasets/dataset-imports';
import { TableOptions } from '../../services/datasets/readers/table-layout';
import { ColumnMapping, ColumnRole } from '../../services/datasets/shapes/column-mapping';
import { usageError } from '../command';

/** How `datasets import` is told to read files; the only place that knows these words. */
export const IMPORT_FLAGS: readonly (readonly [string, string])[] = [
  ['--name <name>', "what it is called; the file's name otherwise"],
  ['--description <text>', 'what it is for'],
  ['--encoding <encoding>', 'where the file is not UTF-8 and is not recognised'],
  ['--salvage', 'keep what can be read of damaged records'],
  ['--map <columns...>', 'role=column …, where the names of columns do not say what they are'],
  ['--table <layout>', 'read as a table: header=no,delimiter=tab,quote=none'],
  ['--strip-separators', 'remove what older tools put at the ends of prompts and completions'],
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
  map: z.array(z.string()).optional(),
  table: z.string().optional(),
  stripSeparators: z.boolean().optional(),
});
type ImportWords = z.infer<typeof ImportWords>;

/** Role and column of each `role=column`. */
const mappingOf = (words: readonly string[]): ColumnMapping => {
  const pairs = words.map((word): [string, string] => {
    const at = word.indexOf('=');
    return [word.slice(0, Math.max(at, 0)), word.slice(at + 1)];
  });
  const parsed = ColumnMapping.safeParse(Object.fromEntries(pairs));
  if (parsed.success && pairs.every(([role, column]) => role !== '' && column !== '')) return parsed.data;
  throw usageError(
    `--map takes role=column, not “${words.join(' ')}”.`,
    `Roles are ${ColumnRole.options.join(', ')}.`,
  );
};

const DELIMITERS: Readonly<Record<string, string>> = { comma: ',', tab: '\t', semicolon: ';', pipe: '|' };
const QUOTES: Readonly<Record<string, string | null>> = { double: '"', single: "'", none: null };
const ANSWERS: Readonly<Record<string, boolean>> = { yes: true, no: false };

const layoutWord = (key: string, value: string): Record<string, unknown> => {
  if (key === 'header') return { header: ANSWERS[value] ?? value };
  if (key === 'delimiter') return { delimiter: DELIMITERS[value] ?? value };
  return key === 'quote' ? { quote: value in QUOTES ? QUOTES[value] : value } : { [key]: value };
};

const tableOf = (words: string): TableOptions => {
  const parts = words.split(/,(?=[a-z]+=)/).map((word) => word.split(/=(.*)/s));
  const parsed = TableOptions.safeParse(
    Object.assign({}, ...parts.map(([key = '', value = '']) => layoutWord(key, value))),
  );
  if (parsed.success) return parsed.data;
  throw usageError(
    `--table takes header, delimiter and quote, not “${words}”.`,
    'Write for example --table header=no,delimiter=tab,quote=none.',
  );
};

export const importOptionsOf = (words: ImportWords, files: readonly string[]): ImportOptions => {
  if (words.name !== undefined && files.length > 1)
    throw usageError(
      '--name is for one file.',
      'Import the files one by one, or leave the name out: each is called after its file.',
    );
  const { map, table, ...others } = words;
  return {
    ...others,
    ...(map !== undefined && { mapping: mappingOf(map) }),
    ...(table !== undefined && { table: tableOf(table) }),
  };
};
