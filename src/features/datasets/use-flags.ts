import { useLoad } from '../../use-load';
import type { Loaded } from '../../live-store';
import type { IndexedRecord } from './record-pages';
import type { Places } from './use-places';

/** The gravest first: only that one fits beside a title. */
const FLAGS = ['cut', 'problem', 'duplicate'] as const;
export type Flag = (typeof FLAGS)[number];

export interface Flagged {
  /** By place from 0. */
  readonly of: ReadonlyMap<number, readonly Flag[]>;
  readonly indexes: readonly number[];
  /** Changes with what is flagged. */
  readonly key: string;
}

/** Which records there is something to say of, in the order of the list. */
export const flagRecords = (
  found: Readonly<Record<Flag, readonly number[]>>,
): ReadonlyMap<number, readonly Flag[]> => {
  const of = new Map<number, Flag[]>();
  for (const flag of FLAGS) for (const index of found[flag]) of.set(index, [...(of.get(index) ?? []), flag]);
  return new Map([...of].toSorted(([one], [other]) => one - other));
};

export const hasProblem = ({ of }: Flagged, row: IndexedRecord | null): boolean =>
  row !== null && of.get(row.index)?.includes('problem') === true;

const placesOf = (state: Loaded<readonly number[]>): readonly number[] =>
  state.kind === 'ready' ? state.value : [];

/** What the list marks; what cannot be told is left unmarked, the record itself still says it. */
export const useFlags = (places: Places): Flagged => {
  const cut = useLoad(`cut ${places.key}`, places.cut).state;
  const problem = useLoad(`problem ${places.key}`, places.problem).state;
  const duplicate = useLoad(`duplicate ${places.key}`, places.duplicate).state;
  const of = flagRecords({
    cut: placesOf(cut),
    problem: placesOf(problem),
    duplicate: placesOf(duplicate),
  });
  return {
    of,
    indexes: [...of.keys()],
    key: JSON.stringify([places.key, cut.kind, problem.kind, duplicate.kind]),
  };
};
