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

const SHORTEST_PREFIX = 6;

const fitting = (word: string, rows: readonly Known[]): readonly Known[] => {
  const meant = [
    rows.filter(({ id }) => id === word),
    rows.filter(({ name }) => name === word),
    rows.filter(({ path }) => path === word),
    word.length < SHORTEST_PREFIX ? [] : rows.filter(({ id }) => id.startsWith(word)),
  ];
  return meant.find((found) => found.length > 0) ?? [];
};

/** Null where none is named. By id, name, folder or the beginning of an id, as on the command line. */
export const namedPart = (
  what: 'dataset' | 'base model',
  word: string | undefined,
  rows: readonly Known[],
): NamedPart | null => {
  if (word === undefined) return null;
  const [first, ...more] = fitting(word, rows);
  if (first && more.length === 0) return { id: first.id, reason: null };
  const reason = first
    ? `${more.length + 1} ${what}s are called “${word}”; choose one.`
    : `The file names the ${what} “${word}”, which is not here; choose another.`;
  return { id: word, reason };
};
