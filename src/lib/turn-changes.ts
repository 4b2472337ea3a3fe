import { recordLines } from './record-lines';
import type { RecordChange, RecordLine as Turn } from './types/dataset-versions';

/** A turn of one of two records, or of both; null where one is without it. */
export interface TurnPair {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A longer middle is shown as removed and added: nobody reads it turn by turn. */
const MOST_COMPARED = 250_000;

const isSame = (one: Turn | undefined, other: Turn | undefined): boolean =>
  one?.name === other?.name && one?.content === other?.content;

const removed = ({ name, content }: Turn): TurnPair => ({ name, before: content, after: null });
const added = ({ name, content }: Turn): TurnPair => ({ name, before: null, after: content });
const paired = (before: Turn, after: Turn): TurnPair => ({
  name: after.name,
  before: before.content,
  after: after.content,
});

/** How much of the beginning two lists have in common. */
const commonStart = (one: readonly Turn[], other: readonly Turn[]): number => {
  let length = 0;
  while (length < Math.min(one.length, other.length) && isSame(one[length], other[length])) length += 1;
  return length;
};

/** Turns of a record before and after, side by side. */
export const pairTurns = (before: readonly Turn[], after: readonly Turn[]): TurnPair[] => {
  const start = commonStart(before, after);
  const [old, young] = [before.slice(start), after.slice(start)];
  const end = commonStart(old.toReversed(), young.toReversed());
  const tail = old.slice(old.length - end);
  return [
    ...before.slice(0, start).map((turn) => paired(turn, turn)),
    ...pairMiddle(old.slice(0, old.length - end), young.slice(0, young.length - end)),
    ...tail.map((turn) => paired(turn, turn)),
  ];
};

const pairMiddle = (old: readonly Turn[], young: readonly Turn[]): TurnPair[] => {
  if (old.length * young.length > MOST_COMPARED) return [...old.map(removed), ...young.map(added)];
  const costs = costTable(old, young);
  const pairs: TurnPair[] = [];
  let place = { row: 0, column: 0 };
  for (;;) {
    const step = cheapest(waysFrom({ old, young, costs }, place));
    if (!step) return pairs;
    pairs.push(step.pair);
    place = { row: place.row + step.rows, column: place.column + step.columns };
  }
};

/** `costs[i][j]`: the fewest changes from the turns after `i` to the turns after `j`. */
type Costs = readonly (readonly number[])[];

interface Comparison {
  readonly old: readonly Turn[];
  readonly young: readonly Turn[];
  readonly costs: Costs;
}

interface Step {
  readonly pair: TurnPair;
  readonly rows: 0 | 1;
  readonly columns: 0 | 1;
  /** Of this step and of the best way on from it. */
  readonly cost: number;
}

/** Only turns of one speaker are the same turn, changed. */
const costOf = (one: Turn, other: Turn): number => {
  if (one.name !== other.name) return Infinity;
  return one.content === other.content ? 0 : 1;
};

const waysFrom = (
  { old, young, costs }: Comparison,
  { row, column }: { readonly row: number; readonly column: number },
): Step[] => {
  const [one, other] = [old[row], young[column]];
  const after = (rows: 0 | 1, columns: 0 | 1) => costs[row + rows]?.[column + columns] ?? 0;
  return [
    ...(one && other
      ? [{ pair: paired(one, other), rows: 1, columns: 1, cost: costOf(one, other) + after(1, 1) } as const]
      : []),
    ...(one ? [{ pair: removed(one), rows: 1, columns: 0, cost: 1 + after(1, 0) } as const] : []),
    ...(other ? [{ pair: added(other), rows: 0, columns: 1, cost: 1 + after(0, 1) } as const] : []),
  ];
};

const cheapest = (steps: readonly Step[]): Step | undefined =>
  steps.toSorted((one, other) => one.cost - other.cost)[0];

const costTable = (old: readonly Turn[], young: readonly Turn[]): Costs => {
  const costs = Array.from({ length: old.length + 1 }, () => new Array<number>(young.length + 1).fill(0));
  for (let row = old.length; row >= 0; row -= 1)
    for (let column = young.length; column >= 0; column -= 1) {
      const line = costs[row];
      if (line) line[column] = cheapest(waysFrom({ old, young, costs }, { row, column }))?.cost ?? 0;
    }
  return costs;
};

/** Turns of a change by record, the unchanged ones too; of a record that a fix saves beside those that were refused. */
export const changedTurns = ({
  before,
  after,
  as_read = [],
}: Pick<RecordChange, 'before' | 'after' | 'as_read'>): TurnPair[] =>
  pairTurns(before ? recordLines(before) : as_read, after ? recordLines(after) : []);

/** A text in three: what stays, what differs, what stays. */
export interface Split {
  readonly start: string;
  readonly middle: string;
  readonly end: string;
}

const isLowSurrogate = (text: string, at: number): boolean => /[\udc00-\udfff]/.test(text.charAt(at));

/** Two texts, each cut around what they do not have in common; never through a character. */
export const splitChange = (before: string, after: string): readonly [Split, Split] => {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  if (isLowSurrogate(before, start) || isLowSurrogate(after, start)) start = Math.max(0, start - 1);
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  if (end > 0 && isLowSurrogate(before, before.length - end)) end -= 1;
  const cut = (text: string): Split => ({
    start: text.slice(0, start),
    middle: text.slice(start, text.length - end),
    end: text.slice(text.length - end),
  });
  return [cut(before), cut(after)];
};
