import type { JsonObject } from '../readers/json-object';

/** Marks with which older tools ended prompts and completions; a chat template makes them useless (question 19). */
const PROMPT_END = /\s*(?:->|=>|###|===+>?)\s*$/;
const COMPLETION_END = /\s*(?:\bEND|\[END\]|<END>|###)\s*$/;

export function hasSeparators({ prompt, completion }: JsonObject): boolean {
  return (
    (typeof prompt === 'string' && PROMPT_END.test(prompt.slice(-MAX_SEPARATOR))) ||
    (typeof completion === 'string' && COMPLETION_END.test(completion.slice(-MAX_SEPARATOR)))
  );
}

/** Looked for only at the end: over a long text the pattern would take its time. */
const MAX_SEPARATOR = 32;

/** The record without them, and without the blank with which such completions begin. */
export function withoutSeparators(record: JsonObject): JsonObject {
  const { prompt, completion } = record;
  return {
    ...record,
    ...(typeof prompt === 'string' && { prompt: endless(prompt, PROMPT_END) }),
    ...(typeof completion === 'string' && {
      completion: endless(completion, COMPLETION_END).replace(/^ /, ''),
    }),
  };
}

function endless(text: string, end: RegExp): string {
  const tail = text.slice(-MAX_SEPARATOR);
  return text.slice(0, text.length - tail.length) + tail.replace(end, '');
}
