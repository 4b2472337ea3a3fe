const GROUPS = ['Recent', 'Actions', 'Screens', 'Jobs', 'Datasets', 'Models'] as const;
export type Group = (typeof GROUPS)[number];

interface Matched {
  readonly group: Group;
  readonly label: string;
  /** The thing that it does something to, where that has an entry of its own. */
  readonly onThing?: string;
}

const AT_START = 1;
const AT_WORD = 0.8;
const INSIDE = 0.4;
/** Below the thing itself where its name is typed. */
const ON_THING = 0.5;

const wordScore = (label: string, word: string): number => {
  const at = label.indexOf(word);
  if (at < 0) return 0;
  if (at === 0) return AT_START;
  return label.split(/[^\p{L}\p{N}]+/u).some((one) => one.startsWith(word)) ? AT_WORD : INSIDE;
};

interface Piece {
  readonly text: string;
  readonly isHit: boolean;
}

const wordsOf = (query: string): readonly string[] => query.toLowerCase().split(/\s+/).filter(Boolean);

/** The label in pieces, those that were typed marked; one piece where its letters change their number in lower case. */
export const matchPieces = (label: string, query: string): readonly Piece[] => {
  const lower = label.toLowerCase();
  if (lower.length !== label.length) return [{ text: label, isHit: false }];
  const spans = wordsOf(query)
    .map((word) => ({ from: lower.indexOf(word), to: lower.indexOf(word) + word.length }))
    .filter(({ from }) => from >= 0)
    .toSorted((one, other) => one.from - other.from);
  const pieces: Piece[] = [];
  let at = 0;
  for (const { from, to } of spans) {
    if (to <= at) continue;
    const start = Math.max(at, from);
    pieces.push(
      { text: label.slice(at, start), isHit: false },
      { text: label.slice(start, to), isHit: true },
    );
    at = to;
  }
  return [...pieces, { text: label.slice(at), isHit: false }].filter(({ text }) => text !== '');
};

/** How well a label answers what is typed, 0 to 1: each word has to stand in it. */
export const matchScore = ({ label, onThing }: Omit<Matched, 'group'>, query: string): number => {
  const words = wordsOf(query);
  const scores = words.map((word) => wordScore(label.toLowerCase(), word));
  const best = scores.includes(0) ? 0 : Math.max(0, ...scores);
  return onThing !== undefined && best < AT_START ? best * ON_THING : best;
};

export interface Found<Entry> {
  readonly group: Group;
  readonly entries: readonly Entry[];
}

export const grouped = <Entry extends Matched>(entries: readonly Entry[]): readonly Found<Entry>[] =>
  GROUPS.map((group) => ({ group, entries: entries.filter((entry) => entry.group === group) })).filter(
    (one) => one.entries.length > 0,
  );

/** What answers `query`, the group of the best answer first. */
export const found = <Entry extends Matched>(
  all: readonly Entry[],
  query: string,
): readonly Found<Entry>[] => {
  const scores = new Map(all.map((entry) => [entry, matchScore(entry, query)]));
  const of = (entry: Entry | undefined) => (entry ? (scores.get(entry) ?? 0) : 0);
  const sorted = all.filter((entry) => of(entry) > 0).toSorted((one, other) => of(other) - of(one));
  return grouped(sorted).toSorted((one, other) => of(other.entries[0]) - of(one.entries[0]));
};
