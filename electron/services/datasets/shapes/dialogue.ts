import type { CanonicalMessage, MessageRole } from '../../../../src/lib/types/dataset-records';
import { isEmptyTurn } from './chat-turn';
import type { Turn } from './chat-turn';
import { caution, failure } from './conversion';
import type { Fault } from './conversion';

/**
 * What is left of a dialogue when trailing turns that teach nothing are dropped (question 8): a user
 * turn without answer, or a tool's result that no answer follows.
 */
export function dropTrailing(turns: readonly Turn[], faults: Fault[]): readonly Turn[] {
  const end = turns.findLastIndex(({ message }) => message.role === 'assistant');
  const dropped = turns.slice(end + 1);
  const first = dropped[0];
  if (end === -1 || first === undefined) return turns;
  const whose = first.message.role === 'tool' ? 'a tool result' : `a ${first.message.role} turn`;
  faults.push(
    caution('role_order', {
      path: first.path,
      error: `The record ends on ${whose} that no answer follows, so that turn was left out; the rest is used.`,
      suggestion: 'Add the missing answer, or ignore this.',
    }),
  );
  return turns.slice(0, end + 1);
}

/** Rule 4: starts with user (after system), roles alternate, ends with assistant, no empty content. */
export function checkDialogue(turns: readonly Turn[], faults: Fault[]): void {
  for (const turn of turns) if (isEmptyTurn(turn)) faults.push(emptyTurn(turn));
  if (!turns.some(({ message }) => message.role === 'assistant')) {
    faults.push(
      failure('nothing_to_train', {
        path: null,
        error: 'The record has no assistant turn, so there is nothing to train on.',
        suggestion: 'Add an answer, or remove the record.',
      }),
    );
    return;
  }
  checkOrder(turns, faults);
}

function aTurnOf(role: MessageRole): string {
  return `${role === 'assistant' ? 'An' : 'A'} ${role} turn`;
}

function emptyTurn({ message, path, fields }: Turn): Fault {
  return failure('empty_value', {
    path: `${path}/${fields.content}`,
    error: `${aTurnOf(message.role)} is empty.`,
    suggestion:
      message.role === 'assistant'
        ? 'Cut the conversation before this turn, or fill it.'
        : 'Fill the turn, or remove the record.',
  });
}

/** Which roles may follow a role; `start` is the beginning of the record. */
const FOLLOWERS: Record<MessageRole | 'start', readonly MessageRole[]> = {
  start: ['system', 'user'],
  system: ['user'],
  user: ['assistant'],
  assistant: ['user', 'tool'],
  tool: ['tool', 'assistant'],
};

function checkOrder(turns: readonly Turn[], faults: Fault[]): void {
  let before: Turn | null = null;
  for (const turn of turns) {
    const allowed = followersOf(before);
    if (!allowed.includes(turn.message.role)) {
      faults.push(misplacedTurn(turn, allowed));
      return;
    }
    before = turn;
  }
}

function followersOf(before: Turn | null): readonly MessageRole[] {
  if (before?.message.tool_calls !== undefined) return ['tool'];
  return FOLLOWERS[before?.message.role ?? 'start'];
}

function misplacedTurn({ message, path, fields }: Turn, allowed: readonly MessageRole[]): Fault {
  return failure('role_order', {
    path: `${path}/${fields.role}`,
    error: `${aTurnOf(message.role)} stands where ${allowed.join(' or ')} is expected.`,
    suggestion:
      'Let user and assistant take turns, beginning with user (after system), each once; join neighbouring turns of one role.',
  });
}

/** The messages of a dialogue, with the loss on its final answer or on every answer. */
export function trainedMessages(turns: readonly Turn[], scope: 'final' | 'all'): CanonicalMessage[] {
  const last = turns.length - 1;
  return turns.map(({ message, isTrainable }, index) => ({
    ...message,
    trained: isTrainable && (scope === 'all' || index === last),
  }));
}
