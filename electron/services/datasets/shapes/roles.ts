import type { MessageRole } from '../../../../src/lib/types/dataset-records';

const ROLE_NAMES: ReadonlyMap<string, MessageRole> = new Map([
  ['user', 'user'],
  ['human', 'user'],
  ['assistant', 'assistant'],
  ['gpt', 'assistant'],
  ['model', 'assistant'],
  ['chatgpt', 'assistant'],
  ['bing', 'assistant'],
  ['bard', 'assistant'],
  ['system', 'system'],
  ['developer', 'system'],
  ['tool', 'tool'],
  ['observation', 'tool'],
  ['function', 'tool'],
  ['function_call', 'assistant'],
]);

/** The role behind a spelling of it (formats.md, question 5); null when nobody uses it. */
export function roleOf(spelling: string): MessageRole | null {
  return ROLE_NAMES.get(spelling.trim().toLowerCase()) ?? null;
}

/** A turn of this role is a tool call written as text. */
export function isCallRole(spelling: string): boolean {
  return spelling.trim().toLowerCase() === 'function_call';
}
