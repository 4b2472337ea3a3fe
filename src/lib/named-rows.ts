import { brief } from './messages/brief';

interface Named {
  readonly id: string;
  readonly name: string;
}

const SHORTEST_PREFIX = 6;

export interface NamedRows<Row> {
  readonly rows: readonly Row[];
  /** What they have in common, for a message about several. */
  readonly by: 'name' | 'beginning';
}

/** Which rows a word names: by id, by name, or by the beginning of an id, in that order. */
export const namedRows = <Row extends Named>(word: string, all: readonly Row[]): NamedRows<Row> => {
  const byId = all.filter(({ id }) => id === word);
  const named = byId.length > 0 ? byId : all.filter(({ name }) => name === word);
  if (named.length > 0 || word.length < SHORTEST_PREFIX) return { rows: named, by: 'name' };
  return { rows: all.filter(({ id }) => id.startsWith(word)), by: 'beginning' };
};

/** `2 datasets are called “Answers”` */
export const severalWords = (what: string, word: string, { rows, by }: NamedRows<unknown>): string =>
  by === 'name'
    ? `${rows.length} ${what}s are called “${brief(word)}”`
    : `The ids of ${rows.length} ${what}s begin with “${brief(word)}”`;
