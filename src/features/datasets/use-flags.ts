import { formatCount } from '../../components/format';
import type { FoundRecords } from '../../lib/types/dataset-numbers';
import { useLoad } from '../../use-load';
import type { Loaded } from '../../live-store';
import { problemWords } from './dataset-words';
import type { IndexedRecord } from './record-pages';
import type { Places } from './use-places';

/** The gravest first: only that one fits beside a title. */
const KINDS = ['cut', 'problem', 'duplicate'] as const;

export interface Flag {
  readonly kind: (typeof KINDS)[number];
  readonly words: string;
}

export interface Flagged {
  /** By place from 0. */
  readonly of: ReadonlyMap<number, readonly Flag[]>;
  readonly indexes: readonly number[];
  /** Changes with what is flagged. */
  readonly key: string;
}

type Found = Readonly<Record<Flag['kind'], FoundRecords>>;

/** What is said of the record in a position of what was found; null where there is nothing to say. */
const WORDS: Readonly<Record<Flag['kind'], (found: FoundRecords, position: number) => string | null>> = {
  cut: ({ lost_tokens }, position) => {
    const lost = lost_tokens?.[position];
    if (lost === undefined) return 'cut';
    // A text that is too long is laid into windows, and loses nothing.
    return lost === 0 ? null : `${formatCount(lost)} cut`;
  },
  problem: ({ problems }, position) => {
    const type = problems?.[position];
    if (type === undefined) return 'problem';
    // Beside a title there is room for little more than one word.
    return type === 'unsupported_content' ? 'unsupported' : problemWords(type);
  },
  duplicate: () => 'duplicate',
};

/** Which records there is something to say of, in the order of the list. */
export const flagRecords = (found: Found): ReadonlyMap<number, readonly Flag[]> => {
  const of = new Map<number, Flag[]>();
  for (const kind of KINDS) {
    for (const [position, index] of found[kind].indexes.entries()) {
      const words = WORDS[kind](found[kind], position);
      if (words !== null) of.set(index, [...(of.get(index) ?? []), { kind, words }]);
    }
  }
  return new Map([...of].toSorted(([one], [other]) => one - other));
};

export const hasProblem = ({ of }: Flagged, row: IndexedRecord | null): boolean =>
  row !== null && of.get(row.index)?.some(({ kind }) => kind === 'problem') === true;

const NOTHING: FoundRecords = { ids: [], indexes: [], truncated: false };

const foundOf = (state: Loaded<FoundRecords>): FoundRecords =>
  state.kind === 'ready' ? state.value : NOTHING;

/** What the list marks; what cannot be told is left unmarked, the record itself still says it. */
export const useFlags = (places: Places): Flagged => {
  const cut = useLoad(`cut ${places.key}`, places.cut).state;
  const problem = useLoad(`problem ${places.key}`, places.problem).state;
  const duplicate = useLoad(`duplicate ${places.key}`, places.duplicate).state;
  const of = flagRecords({
    cut: foundOf(cut),
    problem: foundOf(problem),
    duplicate: foundOf(duplicate),
  });
  return {
    of,
    indexes: [...of.keys()],
    key: JSON.stringify([places.key, cut.kind, problem.kind, duplicate.kind]),
  };
};
