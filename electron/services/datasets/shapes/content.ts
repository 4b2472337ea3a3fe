import { isJsonList, isJsonObject } from '../readers/json-object';
import { failure, kindOf } from './conversion';
import type { Fault } from './conversion';

/** What a turn says, and what it thought before. */
export interface TurnContent {
  readonly text: string;
  readonly reasoning: string | null;
}

const EMPTY: TurnContent = { text: '', reasoning: null };
const REASONING_TYPES = new Set(['reasoning', 'thinking']);

/** Content as text, or in parts: texts are joined, reasoning is kept apart, anything else is refused. */
export function contentOf(value: unknown, path: string, faults: Fault[]): TurnContent {
  if (value === null || value === undefined) return EMPTY;
  if (typeof value === 'string') return { text: value, reasoning: null };
  if (isJsonList(value)) return joinParts(value, path, faults);
  faults.push(
    failure('invalid_type', {
      path,
      error: `The content of a turn is ${kindOf(value)}, not a text.`,
      suggestion: 'Write the content as a text, or as a list of text parts.',
    }),
  );
  return EMPTY;
}

function joinParts(parts: readonly unknown[], path: string, faults: Fault[]): TurnContent {
  const texts: string[] = [];
  const thoughts: string[] = [];
  for (const [index, part] of parts.entries()) {
    const text = partText(part);
    if (text === null) faults.push(unsupportedPart(part, `${path}/${String(index)}`));
    else (isReasoning(part) ? thoughts : texts).push(text);
  }
  return { text: texts.join(''), reasoning: thoughts.length === 0 ? null : thoughts.join('') };
}

function isReasoning(part: unknown): boolean {
  return isJsonObject(part) && typeof part.type === 'string' && REASONING_TYPES.has(part.type);
}

const TEXT_TYPES = new Set(['text', 'input_text', 'output_text', ...REASONING_TYPES]);

function partText(part: unknown): string | null {
  if (typeof part === 'string') return part;
  if (!isJsonObject(part)) return null;
  if (typeof part.type === 'string' && !TEXT_TYPES.has(part.type)) return null;
  const text = part.text ?? part.value ?? part.reasoning ?? part.thinking;
  return typeof text === 'string' ? text : null;
}

function unsupportedPart(part: unknown, path: string): Fault {
  const type = isJsonObject(part) && typeof part.type === 'string' ? `of type “${part.type}”` : kindOf(part);
  return failure('unsupported_content', {
    path,
    error: `A content part is ${type}; only text can be trained on.`,
    suggestion: 'Leave the record out, or replace the part by a text. Nothing is ever fetched.',
  });
}
