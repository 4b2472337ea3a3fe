import { isUtf8 } from 'node:buffer';
import { formatCount } from '../../../../src/lib/messages/format';
import type { ProblemType } from '../../../../src/lib/types/dataset-records';
import { withSpelling } from './exact-numbers';
import { findJsonFault } from './json-fault';
import { excessOf, hasMorePartsThan, loneSurrogateIn, nestsDeeperThan } from './json-guard';
import { MAX_DEPTH, MAX_PARTS } from './limits';

/** Why some bytes are no JSON value. `offset` counts characters, where the place is known. */
export interface ParseFault {
  readonly type: ProblemType;
  readonly path: string | null;
  readonly offset: number | null;
  readonly error: string;
  readonly suggestion: string;
}

export type ParsedJson =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'blank' }
  | { readonly kind: 'fault'; readonly fault: ParseFault };

/** One JSON value from bytes; `outerDepth` brackets are already open around it. */
export function parseJson(bytes: Buffer, outerDepth = 0): ParsedJson {
  if (!isUtf8(bytes)) return { kind: 'fault', fault: NOT_UTF8 };
  const text = bytes.toString('utf8');
  if (nestsDeeperThan(text, MAX_DEPTH - outerDepth)) return { kind: 'fault', fault: TOO_DEEP };
  if (hasMorePartsThan(text, MAX_PARTS)) return { kind: 'fault', fault: TOO_MANY_PARTS };
  return parseText(text);
}

/** Whether JSON that stands in a text is too much to be taken apart. */
export function isTooMuch(text: string): boolean {
  return nestsDeeperThan(text, MAX_DEPTH) || hasMorePartsThan(text, MAX_PARTS);
}

/** A value that was no text, unless its text would be refused. */
export function parsedValue(value: unknown): ParsedJson {
  const excess = excessOf(value, { depth: MAX_DEPTH, parts: MAX_PARTS });
  if (excess === null) return { kind: 'value', value };
  return { kind: 'fault', fault: excess === 'depth' ? TOO_DEEP : TOO_MANY_PARTS };
}

function parseText(text: string): ParsedJson {
  try {
    const value: unknown = JSON.parse(text);
    const path = loneSurrogateIn(value, text);
    return path === null
      ? { kind: 'value', value: withSpelling(value, text) }
      : { kind: 'fault', fault: loneSurrogate(path) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return text.trim() === '' ? { kind: 'blank' } : { kind: 'fault', fault: malformed(text) };
  }
}

export const NOT_UTF8: ParseFault = {
  type: 'encoding_error',
  path: null,
  offset: null,
  error: 'This record holds bytes that are no UTF-8, so its text cannot be read.',
  suggestion: 'Save the file as UTF-8, or import it again and name its encoding.',
};

const TOO_DEEP: ParseFault = {
  type: 'too_deep',
  path: null,
  offset: null,
  error: `Brackets are nested more than ${String(MAX_DEPTH)} deep.`,
  suggestion: 'Flatten the record: training needs only its texts.',
};

export const TOO_MANY_PARTS: ParseFault = {
  type: 'line_too_long',
  path: null,
  offset: null,
  error: `The record holds more than ${formatCount(MAX_PARTS)} objects, lists and fields, so it was skipped.`,
  suggestion: 'Split it into several records: training needs only its texts.',
};

function loneSurrogate(path: string): ParseFault {
  return {
    type: 'encoding_error',
    path,
    offset: null,
    error: 'A text holds half of a surrogate pair (\\ud800–\\udfff), which is no character.',
    suggestion: 'Write the whole character, or remove the escape.',
  };
}

function malformed(text: string): ParseFault {
  const fault = findJsonFault(text);
  const offset = fault?.offset ?? 0;
  const near = excerpt(text, offset);
  const found = offset >= text.trimEnd().length ? 'the text ends' : `found ${near}`;
  return {
    type: 'malformed_json',
    path: null,
    offset,
    error: `This is no valid JSON: expected ${fault?.expected ?? 'a value'}, ${found}.`,
    suggestion: adviceFor(text, offset),
  };
}

const EXCERPT_CHARACTERS = 24;

function excerpt(text: string, offset: number): string {
  const cut = text.slice(offset, offset + EXCERPT_CHARACTERS).replace(/\p{Surrogate}/gu, '\ufffd');
  return JSON.stringify(cut);
}

function adviceFor(text: string, offset: number): string {
  const rest = text.slice(offset, offset + EXCERPT_CHARACTERS);
  if (/^-?(?:NaN|Infinity)/.test(rest))
    return 'JSON knows no NaN and no Infinity: write null, or leave the field out.';
  if (rest.startsWith("'")) return 'JSON quotes names and texts with double quotes.';
  if (/^[}\]]/.test(rest) && /,\s*$/.test(text.slice(0, offset)))
    return 'Remove the comma before the closing bracket.';
  if (/^[{[]/.test(rest) && /\r$/.test(text.slice(0, offset)))
    return 'The lines end in carriage returns alone (\\r), as very old Macs wrote them: write the file with line feeds (\\n).';
  if (rest.trim() === '') return 'The record is cut off: write it to its end.';
  if (text.charCodeAt(offset) === 0) return 'Remove the NUL character (U+0000), which is no white space.';
  if (text.charCodeAt(offset) < 0x20) return 'Write line breaks and tabs inside texts as \\n and \\t.';
  return 'Correct this place; each record must be one JSON object.';
}
