import { z } from 'zod';
import { ColumnMapping, ColumnRole, RoleNames, TableOptions } from '../../../src/lib/types/dataset-reading';
import { MessageRole } from '../../../src/lib/types/dataset-records';
import type { ImportOptions } from '../../services/datasets/dataset-imports';

import { usageError } from '../command';

const MAPPED = 'role=column …, where names of columns do not say what they are';
const ROLES = `Roles: ${ColumnRole.options.join(', ')}. Columns without a header are #0, #1 …`;

/** How a file is told to be read; the only place that knows these words. */
export const READING_FLAGS: readonly (readonly [string, string])[] = [
  ['--encoding <encoding>', 'where the file is not UTF-8 and is not recognised'],
  ['--salvage', 'keep what can be read of damaged records'],
  ['--map <columns...>', `${MAPPED}. ${ROLES}`],
  ['--table <layout>', 'read as a table: header=no,delimiter=tab,quote=none'],
  ['--role <names...>', 'name=role …, for names of speakers that are not the usual ones'],
  ['--system-prompt <text>', 'for records that have no system text of their own'],
  ['--strip-separators', 'remove what older tools put at the ends of prompts and completions'],
];

export const IMPORT_FLAGS: readonly (readonly [string, string])[] = [
  ['--name <name>', "what it is called; the file's name otherwise"],
  ['--description <text>', 'what it is for'],
  ...READING_FLAGS.map(([flag, about]): [string, string] => [
    flag,
    flag.startsWith('--map') ? `${MAPPED}; of several files, those that have them. ${ROLES}` : about,
  ]),
  ['--as-before', 'read it as files with the same columns or fields were read last time'],
];

const isEncoding = (label: string): boolean => {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch (thrown) {
    if (thrown instanceof RangeError) return false;
    throw thrown;
  }
};

export const ReadingWords = z.object({
  encoding: z
    .string()
    .refine(isEncoding, 'not an encoding that is known here, such as utf-16le or windows-1252')
    .optional(),
  salvage: z.boolean().optional(),
  map: z.array(z.string()).optional(),
  table: z.string().optional(),
  role: z.array(z.string()).optional(),
  systemPrompt: z.string().max(20_000, 'give 20,000 characters or less').optional(),
  stripSeparators: z.boolean().optional(),
});
type ReadingWords = z.infer<typeof ReadingWords>;

export const ImportWords = ReadingWords.extend({
  name: z.string().trim().min(1, 'give a name').max(200, 'give 200 characters or less').optional(),
  description: z.string().optional(),
  asBefore: z.boolean().optional(),
});
type ImportWords = z.infer<typeof ImportWords>;

const pairsOf = (words: readonly string[]): [string, string][] =>
  words.map((word) => {
    const at = word.indexOf('=');
    return [word.slice(0, Math.max(at, 0)), word.slice(at + 1)];
  });

/** Role and column of each `role=column`. */
const mappingOf = (words: readonly string[]): ColumnMapping => {
  const pairs = pairsOf(words);
  const repeated = pairs.find(([role], index) => pairs.findIndex(([other]) => other === role) < index);
  if (repeated) throw usageError(`--map names ${repeated[0]} twice.`, 'Give each role one column.');
  const parsed = ColumnMapping.safeParse(Object.fromEntries(pairs));
  if (parsed.success && pairs.every(([role, column]) => role !== '' && column !== '')) return parsed.data;
  throw usageError(
    `--map takes role=column, not “${words.join(' ')}”.`,
    `Roles are ${ColumnRole.options.join(', ')}.`,
  );
};

/** Name and role of each `name=role`. */
const roleNamesOf = (words: readonly string[]): RoleNames => {
  const pairs = pairsOf(words);
  const parsed = RoleNames.safeParse(Object.fromEntries(pairs));
  if (parsed.success && pairs.every(([name]) => name !== '')) return parsed.data;
  throw usageError(
    `--role takes name=role, not “${words.join(' ')}”.`,
    `Roles are ${MessageRole.options.join(', ')}.`,
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

export const readingWordsOf = ({
  map,
  table,
  role,
  encoding,
  salvage,
  systemPrompt,
  stripSeparators,
}: ReadingWords) => ({
  ...(encoding !== undefined && { encoding }),
  ...(salvage !== undefined && { salvage }),
  ...(systemPrompt !== undefined && { systemPrompt }),
  ...(stripSeparators !== undefined && { stripSeparators }),
  ...(map !== undefined && { mapping: mappingOf(map) }),
  ...(table !== undefined && { table: tableOf(table) }),
  ...(role !== undefined && { roleNames: roleNamesOf(role) }),
});

export const importOptionsOf = (words: ImportWords, files: readonly string[]): ImportOptions => {
  const { name, description } = words;
  if (name !== undefined && files.length > 1)
    throw usageError(
      '--name is for one file.',
      'Import the files one by one, or leave the name out: each is called after its file.',
    );
  return {
    ...readingWordsOf(words),
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
  };
};
