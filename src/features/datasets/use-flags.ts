import { useMemo } from 'react';
import { formatCount } from '../../components/format';
import type { FoundRecords } from '../../lib/types/dataset-numbers';
import type { ProblemType } from '../../lib/types/dataset-records';
import { useLoad } from '../../use-load';
import type { Loaded } from '../../live-store';
import { problemWords } from './dataset-words';
import type { IndexedRecord } from './record-pages';
import type { Places } from './use-places';

/** The gravest first: only that one fits beside a title. */
const KINDS = ['cut', 'problem', 'duplicate'] as const;

/** Without its words: those are made for the rows that are shown. */
export type Flag =
  | { readonly kind: 'cut'; readonly lost?: number | undefined }
  | { readonly kind: 'refused' }
  | { readonly kind: 'rejected'; readonly type: ProblemType }
  | { readonly kind: 'problem'; readonly type?: ProblemType | undefined }
  | { readonly kind: 'duplicate' };

export interface Flagged {
  /** By place from 0. */
  readonly of: ReadonlyMap<number, readonly Flag[]>;
  readonly indexes: readonly number[];
  /** Changes with what is flagged. */
  readonly key: string;
}

type Found = Readonly<Record<(typeof KINDS)[number], FoundRecords>>;

/** Of the record in a position of what was found; null where there is nothing to say. */
const FLAGS: Readonly<
  Record<(typeof KINDS)[number], (found: FoundRecords, position: number) => Flag | null>
> = {
  cut: ({ lost_tokens, refused }, position) => {
    if (refused?.[position] === true) return { kind: 'refused' };
    const lost = lost_tokens?.[position];
    // A text that is too long is laid into windows, and loses nothing.
    return lost === 0 ? null : { kind: 'cut', lost };
  },
  problem: ({ problems }, position) => ({ kind: 'problem', type: problems?.[position] }),
  duplicate: () => ({ kind: 'duplicate' }),
};

/** Of which a run sees a part, or nothing. */
export const isGrave = ({ kind }: Flag): boolean =>
  kind === 'cut' || kind === 'refused' || kind === 'rejected';

export const flagWords = (flag: Flag): string => {
  if (flag.kind === 'cut') return flag.lost === undefined ? 'cut' : `${formatCount(flag.lost)} cut`;
  if ((flag.kind !== 'problem' && flag.kind !== 'rejected') || flag.type === undefined) return flag.kind;
  // Beside a title there is room for little more than one word.
  return flag.type === 'unsupported_content' ? 'unsupported' : problemWords(flag.type);
};

/** Which records there is something to say of, in the order of the list. */
export const flagRecords = (
  found: Found,
  rejected: readonly IndexedRecord[] = NO_LINES,
): ReadonlyMap<number, readonly Flag[]> => {
  const of = new Map<number, Flag[]>();
  for (const { index, rejected: problem } of rejected)
    if (problem) of.set(index, [{ kind: 'rejected', type: problem.type }]);
  for (const kind of KINDS) {
    for (const [position, index] of found[kind].indexes.entries()) {
      const flag = FLAGS[kind](found[kind], position);
      if (flag !== null) of.set(index, [...(of.get(index) ?? []), flag]);
    }
  }
  return new Map([...of].toSorted(([one], [other]) => one - other));
};

export const hasProblem = ({ of }: Flagged, row: IndexedRecord | null): boolean =>
  row !== null && of.get(row.index)?.some(({ kind }) => kind === 'problem') === true;

const NO_LINES: readonly IndexedRecord[] = [];
const NOTHING: FoundRecords = { ids: [], indexes: [], truncated: false };

const foundOf = (state: Loaded<FoundRecords>): FoundRecords =>
  state.kind === 'ready' ? state.value : NOTHING;

/** What the list marks; what cannot be told is left unmarked, the record itself still says it. */
export const useFlags = (places: Places, rejected: readonly IndexedRecord[] = NO_LINES): Flagged => {
  const states = {
    cut: useLoad(`cut ${places.key}`, places.cut).state,
    problem: useLoad(`problem ${places.key}`, places.problem).state,
    duplicate: useLoad(`duplicate ${places.key}`, places.duplicate).state,
  };
  // What was found stays the same where a state that is waited for does not.
  const cut = foundOf(states.cut);
  const problem = foundOf(states.problem);
  const duplicate = foundOf(states.duplicate);
  // Up to a hundred thousand records, at every key that is pressed.
  const { of, indexes } = useMemo(() => {
    const found = flagRecords({ cut, problem, duplicate }, rejected);
    return { of: found, indexes: [...found.keys()] };
  }, [cut, problem, duplicate, rejected]);
  return {
    of,
    indexes,
    key: JSON.stringify([places.key, rejected.length, ...KINDS.map((kind) => states[kind].kind)]),
  };
};
