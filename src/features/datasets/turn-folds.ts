import { TEMPLATE_PART } from '../../lib/training/shown-parts';
import type { RecordView } from '../../lib/types/record-view';

export type Turn = RecordView['turns'][number];

/** Neighbouring turns of a rendered record: all of them shown, or one line in place of them. */
export interface Stretch {
  readonly turns: readonly Turn[];
  /** Which turn of the record the first one is, from 1; what the template says of its own is none. */
  readonly first: number;
  readonly isFolded: boolean;
}

/** Fewer would hardly take more room than the line that stands for them. */
export const FEWEST_FOLDED = 3;

/**
 * The first exchange and the last are shown, and so are a turn that holds a border of what is cut with its
 * neighbours, the exchanges at both ends of what is lost, and what `matters`. Of the rest, neighbours that
 * are alike kept or lost are folded: up to the cut, where that is between two turns.
 */
export const foldTurns = (
  view: RecordView,
  turns: readonly Turn[],
  matters: (turn: Turn, number: number) => boolean,
): readonly Stretch[] => {
  const fates = turns.map((turn) => fateOf(view, turn));
  const own = turns[0]?.role === TEMPLATE_PART ? 0 : 1;
  const answer = turns.findIndex(({ role }) => role === 'assistant');
  const isShown = turns.map(
    (turn, index) =>
      index <= Math.max(answer, 1) ||
      index >= turns.length - EXCHANGE ||
      isAtBorder(fates, index) ||
      matters(turn, index + own),
  );
  const kinds = isShown.map((shown, index) => (shown ? 'shown' : fates[index]));
  return stretchesOf(kinds).map(([start, end]) => ({
    turns: turns.slice(start, end),
    first: start + own,
    isFolded: isShown[start] === false && end - start >= FEWEST_FOLDED,
  }));
};

type Fate = 'kept' | 'cut' | 'lost';

const fateOf = ({ tokens }: RecordView, { start, end, cut }: Turn): Fate => {
  if (cut) return 'lost';
  return tokens.slice(start, end).some((token) => token.cut) ? 'cut' : 'kept';
};

const EXCHANGE = 2;

/** A turn in which kept and lost meet, its neighbours, and what is lost within an exchange of what is not. */
const isAtBorder = (fates: readonly Fate[], index: number): boolean => {
  if (fates.slice(Math.max(0, index - 1), index + 2).includes('cut')) return true;
  if (fates[index] !== 'lost') return false;
  return fates.slice(Math.max(0, index - EXCHANGE), index + EXCHANGE + 1).some((fate) => fate !== 'lost');
};

/** Neighbours of one kind, as ranges [start, end). */
const stretchesOf = (kinds: readonly unknown[]): readonly (readonly [number, number])[] => {
  const starts = kinds.flatMap((kind, index) => (index > 0 && kind === kinds[index - 1] ? [] : [index]));
  return starts.map((start, at) => [start, starts[at + 1] ?? kinds.length] as const);
};

/** What somebody is after in a record. */
export interface Sought {
  /** Of the search in the list. */
  readonly query: string;
  /** What is wrong with the record, in the importer's words. */
  readonly problems: readonly string[];
  /** Of the record's own messages, which the problems count. */
  readonly roles: readonly string[];
}

/** Whether a turn holds what is sought. */
export const mattersIn = (
  { tokens, turns }: Pick<RecordView, 'tokens' | 'turns'>,
  { query, problems, roles }: Sought,
): ((turn: Turn, number: number) => boolean) => {
  const wanted = query.trim().toLowerCase();
  const named = new Set(problems.flatMap(messageNumber).map((number) => turnNumber(number, roles, turns)));
  const textOf = ({ start, end }: Turn) =>
    tokens
      .slice(start, end)
      .map(({ text }) => text)
      .join('')
      .toLowerCase();
  return (turn, number) => named.has(number) || (wanted !== '' && textOf(turn).includes(wanted));
};

/** `Message 6 contains …` */
const messageNumber = (error: string): number[] => {
  const [, number] = /^Message (\d+) /.exec(error) ?? [];
  return number === undefined ? [] : [Number(number)];
};

/** Where a template has no system role, the system text stands in the first turn and is none of its own. */
const turnNumber = (message: number, roles: readonly string[], turns: readonly Turn[]): number => {
  if (roles.length <= turns.length) return message;
  const upTo = roles.slice(0, message).filter((role) => role !== 'system');
  return Math.max(1, upTo.length);
};

/** `Turns 4 to 11`. */
export const stretchName = ({ first, turns }: Stretch): string =>
  `Turns ${first} to ${first + turns.length - 1}`;

/** Tokens of all turns together, and those of them that would be trained. */
export const tokensIn = ({ turns }: Stretch): { readonly all: number; readonly trained: number } => ({
  all: turns.reduce((sum, { start, end }) => sum + end - start, 0),
  trained: turns.reduce((sum, { trained_tokens }) => sum + trained_tokens, 0),
});
