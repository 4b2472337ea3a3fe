import type { SafeFix } from '../../../../src/lib/types/dataset-versions';
import { isBlank } from '../readers/json-object';
import { isEmptyTurn } from './chat-turn';
import type { Turn } from './chat-turn';

type Turns = readonly Turn[];
type Fixes = readonly SafeFix[];

/**
 * A conversation of which every answer is learned, with the fixes that were asked for. It may be cut
 * before an empty answer; a record that is for its last answer alone may not, it would lose it.
 */
export function fixConversation(turns: Turns, fixes: Fixes): Turns {
  const whole = fixes.includes('cut_before_empty_answer') ? beforeEmptyAnswer(turns) : turns;
  return fixDialogue(whole, fixes);
}

/** A dialogue and the answer at its end. */
export function fixDialogue(turns: Turns, fixes: Fixes): Turns {
  if (fixes.length === 0) return turns;
  const answer = turns.findLastIndex(({ message }) => message.role === 'assistant');
  if (answer === -1) return turns;
  return [...fixPrompt(turns.slice(0, answer), fixes), ...fixAnswer(turns.slice(answer), fixes)];
}

/**
 * What stands before an answer. The order is always the same, so that fixes are a set: the system text
 * moves last, or shortening the history would take it away with the first user message.
 */
export function fixPrompt(turns: Turns, fixes: Fixes): Turns {
  const trimmed = fixAnswer(turns, fixes);
  const once = fixes.includes('drop_repeated_user_turn') ? withoutRepeatedUserTurns(trimmed) : trimmed;
  const kept = keptHistory(fixes);
  const recent = kept === null ? once : lastTurns(once, kept);
  return fixes.includes('merge_system') ? withMergedSystem(recent) : recent;
}

export function fixAnswer(turns: Turns, fixes: Fixes): Turns {
  return fixes.includes('trim') ? turns.map((turn) => withContent(turn, turn.message.content.trim())) : turns;
}

/** How many turns before an answer stay; null for all. */
export function keptHistory(fixes: Fixes): number | null {
  const kept = fixes.flatMap((fix) => (typeof fix === 'object' ? [fix.truncate_history] : []));
  return kept.length === 0 ? null : Math.min(...kept);
}

function withContent(turn: Turn, content: string): Turn {
  return { ...turn, message: { ...turn.message, content } };
}

function beforeEmptyAnswer(turns: Turns): Turns {
  const isAnswer = ({ message }: Turn) => message.role === 'assistant';
  const empty = turns.findIndex((turn) => isAnswer(turn) && isEmptyTurn(turn));
  // The question before it would be one that no answer follows.
  const last = turns.slice(0, Math.max(empty, 0)).findLastIndex(isAnswer);
  return last === -1 ? turns : turns.slice(0, last + 1);
}

function withoutRepeatedUserTurns(turns: Turns): Turns {
  return turns.filter((turn, index) => {
    const before = turns[index - 1];
    const areUsers = turn.message.role === 'user' && before?.message.role === 'user';
    return !areUsers || turn.message.content.trim() !== before.message.content.trim();
  });
}

/** Never without the last question, however few turns are to stay. */
function lastTurns(turns: Turns, count: number): Turns {
  const first = beginOf(turns);
  const spoken = turns.slice(first);
  if (spoken.length <= count) return turns;
  const isUser = ({ message }: Turn) => message.role === 'user';
  const within = spoken.findIndex((turn, index) => index >= spoken.length - count && isUser(turn));
  const start = within === -1 ? spoken.findLastIndex(isUser) : within;
  return start === -1 ? turns : [...turns.slice(0, first), ...spoken.slice(start)];
}

function withMergedSystem(turns: Turns): Turns {
  const first = beginOf(turns);
  const user = turns[first];
  const merged = turns.slice(0, first + 1);
  const isMergeable =
    user?.message.role === 'user' && !merged.some(({ message }) => isBlank(message.content));
  if (first === 0 || user === undefined || !isMergeable) return turns;
  const text = merged.map(({ message }) => message.content).join('\n\n');
  return [withContent(user, text), ...turns.slice(first + 1)];
}

/** Where the system text ends. */
function beginOf(turns: Turns): number {
  const first = turns.findIndex(({ message }) => message.role !== 'system');
  return first === -1 ? turns.length : first;
}
