import type { RecordView } from '../types/record-view';

type Turn = RecordView['turns'][number];

/** The role of what the template says of its own. */
export const TEMPLATE_PART = 'template';

/**
 * The turns, and before the first one what the template says of its own: all that stands in its range
 * ahead of the first turn's words.
 */
export const shownParts = (view: RecordView): readonly Turn[] => {
  const [first, ...rest] = view.turns;
  const [message] = view.messages;
  if (!first || !message || first.role === 'system' || first.role !== message.role) return view.turns;
  const begin = turnBegin(view, first, message.content);
  if (begin <= first.start) return view.turns;
  const own = { role: TEMPLATE_PART, start: first.start, end: begin, trained_tokens: 0 };
  const cut = view.tokens.slice(own.start, own.end).every((token) => token.cut);
  return [{ ...own, cut }, { ...first, start: begin }, ...rest];
};

const NEW_TURN = /<[|｜]?(?:im_start|start_header_id|start_of_turn|user|turn)[|｜]?>|\[INST\]/;

/** The token with which the first turn opens: the last marker of a turn before its words. */
const turnBegin = ({ tokens }: RecordView, { start, end }: Turn, words: string): number => {
  const text = tokens.slice(start, end).map((token) => token.text);
  const before = text.join('').lastIndexOf(words.trim());
  let [position, begin] = [0, start];
  for (const [index, piece] of text.entries()) {
    // The record's own words may hold such a marker too.
    if (position >= before) break;
    if (NEW_TURN.test(piece)) begin = start + index;
    position += piece.length;
  }
  return begin;
};
