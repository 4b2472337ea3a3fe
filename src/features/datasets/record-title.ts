import type { CanonicalRecord } from '../../lib/types/dataset-records';
import { shownTurns } from '../../lib/types/record-turns';
import type { ShownTurn } from '../../lib/types/record-turns';

const isQuestion = ({ name }: ShownTurn): boolean => name === 'user';

/** The question of the first answer that is learned: how a conversation opens, and what a pair asks after its history. */
export const recordTitle = (record: CanonicalRecord): string => {
  const turns = shownTurns(record);
  const learned = turns.findIndex(({ trained }) => trained);
  const asked = turns.slice(0, Math.max(learned, 0)).findLast(isQuestion) ?? turns.find(isQuestion);
  return (asked ?? turns[0])?.content.slice(0, 200) ?? '';
};
