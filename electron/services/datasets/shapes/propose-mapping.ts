import type { ColumnMapping, ColumnRole } from '../../../../src/lib/types/dataset-reading';

const NAMES: Record<ColumnRole, readonly string[]> = {
  system: ['system', 'system_prompt', 'system prompt'],
  user: [
    'instruction',
    'question',
    'query',
    'prompt',
    'input',
    'user',
    'human',
    'request',
    'problem',
    'frage',
    'q',
  ],
  assistant: [
    'output',
    'answer',
    'response',
    'completion',
    'ideal',
    'assistant',
    'reply',
    'solution',
    'target',
    'antwort',
    'a',
  ],
  input: [],
  prompt: [],
  completion: [],
  chosen: ['chosen', 'preferred', 'accepted', 'better'],
  rejected: ['rejected', 'dispreferred', 'worse'],
  label: [],
  text: ['text', 'content', 'body', 'document', 'passage'],
  conversation: [
    'conversation_id',
    'conversation',
    'conv_id',
    'dialogue_id',
    'dialog_id',
    'thread_id',
    'session_id',
    'chat_id',
  ],
  order: ['order', 'turn', 'turn_number', 'turn_id', 'position', 'step', 'message_id', 'seq'],
  role: ['role', 'speaker', 'from', 'sender', 'author'],
  content: ['content', 'text', 'message', 'value', 'utterance'],
};

/** Roles that belong together, in order of precedence; a set is proposed when all of it is found. */
const SETS: readonly { readonly needed: readonly ColumnRole[]; readonly beside: readonly ColumnRole[] }[] = [
  { needed: ['conversation', 'role', 'content'], beside: ['order'] },
  { needed: ['user', 'chosen', 'rejected'], beside: ['system'] },
  { needed: ['user', 'assistant'], beside: ['system'] },
  { needed: ['text'], beside: [] },
];

/** Which columns look like which roles, by their names; empty where none does. */
export function proposeMapping(columns: readonly string[]): ColumnMapping {
  const found = SETS.map(({ needed, beside }) => {
    const mapping = mappingOf([...needed, ...beside], columns);
    return needed.every((role) => mapping[role] !== undefined) ? mapping : null;
  });
  return found.find((mapping) => mapping !== null) ?? {};
}

function mappingOf(roles: readonly ColumnRole[], columns: readonly string[]): ColumnMapping {
  const entries = roles.flatMap((role) => {
    const column = NAMES[role].flatMap(
      (name) => columns.find((candidate) => plain(candidate) === name) ?? [],
    )[0];
    return column === undefined ? [] : [[role, column] as const];
  });
  return Object.fromEntries(entries);
}

function plain(column: string): string {
  return column.trim().toLowerCase();
}
