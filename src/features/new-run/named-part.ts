import { brief } from '../../lib/messages/brief';
import { namedRows, severalWords } from '../../lib/named-rows';

/** A dataset or a base model, as a settings file may name it. */
interface Known {
  readonly id: string;
  readonly name: string;
  readonly path?: string;
}

export interface NamedPart {
  /** The word itself where it names nothing that is here, so that nothing else is taken for it. */
  readonly id: string;
  readonly reason: string | null;
}

interface KnownRows {
  readonly here: readonly Known[];
  readonly binned: readonly Known[];
}

const absentWords = (what: string, word: string, binned: readonly Known[]): string =>
  namedRows(word, binned).rows.length > 0
    ? `The file names the ${what} “${brief(word)}”, which is in the bin; bring it back, or choose another.`
    : `The file names the ${what} “${brief(word)}”, which is not here; choose another.`;

/** Null where none is named. As on the command line, which takes a folder too. */
export const namedPart = (
  what: 'dataset' | 'base model',
  word: string | undefined,
  { here, binned }: KnownRows,
): NamedPart | null => {
  if (word === undefined) return null;
  const found = namedRows(word, here);
  if (found.rows.length > 1) return { id: word, reason: `${severalWords(what, word, found)}; choose one.` };
  const row = found.rows[0] ?? here.find(({ path }) => path === word);
  return row ? { id: row.id, reason: null } : { id: word, reason: absentWords(what, word, binned) };
};
