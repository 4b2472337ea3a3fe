import { isJsonList, isJsonObject } from './json-object';

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

declare global {
  interface JSON {
    parse(text: string, reviver: Reviver): unknown;
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
  }
}

const TOOL_FIELDS: ReadonlySet<string> = new Set(['tools', 'functions', 'tool_calls', 'function_call']);
const HAS_TOOLS = /"(?:tools|functions|tool_calls|function_call)"/;
/** More digits than a number surely holds, an exponent, a fraction that ends in 0, or a zero below zero. */
const MAY_CHANGE = /\d{15}|\d[eE]|\.\d*0(?!\d)|\.\d{14}|-0/;

/**
 * A parsed record in which the numbers of tools and their calls are written again as the text has them:
 * 1.0 is no 1, and an integer may have any length.
 */
export function withSpelling(value: unknown, text: string): unknown {
  if (!HAS_TOOLS.test(text) || !MAY_CHANGE.test(text)) return value;
  return grafted(value, JSON.parse(text, asWritten));
}

/** JSON that is of tools as a whole. */
export function parseAsWritten(text: string): unknown {
  return MAY_CHANGE.test(text) ? JSON.parse(text, asWritten) : JSON.parse(text);
}

export const isToolField = (field: string): boolean => TOOL_FIELDS.has(field);

/** For what stands in a field as a text. */
export function parserOf(field: string): (text: string) => unknown {
  return TOOL_FIELDS.has(field) ? parseAsWritten : (text) => withSpelling(JSON.parse(text), text);
}

function asWritten(_: string, value: unknown, { source }: { readonly source?: string }): unknown {
  const isChanged = typeof value === 'number' && source !== undefined && String(value) !== source;
  return isChanged ? JSON.rawJSON(source) : value;
}

function grafted(value: unknown, exact: unknown): unknown {
  if (isJsonList(value) && isJsonList(exact)) return value.map((item, index) => grafted(item, exact[index]));
  if (!isJsonObject(value) || !isJsonObject(exact)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      TOOL_FIELDS.has(key) ? exact[key] : grafted(item, exact[key]),
    ]),
  );
}

/** Whether a value holds a number that only its spelling says. */
export function holdsSpelling(value: unknown): boolean {
  return spellingIn(value, () => true) !== null;
}

/** The first number inside a value that no number of a trainer is equal to. */
export function lostNumberIn(value: unknown): string | null {
  return spellingIn(value, (source) => !isKept(source));
}

function spellingIn(value: unknown, isWanted: (source: string) => boolean): string | null {
  if (typeof value !== 'object' || value === null) return null;
  if (JSON.isRawJSON(value)) {
    const source = JSON.stringify(value);
    return isWanted(source) ? source : null;
  }
  for (const item of Object.values(value)) {
    const found = spellingIn(item, isWanted);
    if (found !== null) return found;
  }
  return null;
}

/** Python reads integers of many digits, and no longer ones. */
const MAX_INTEGER = 4000;

function isKept(source: string): boolean {
  if (/^-?\d+$/.test(source)) return source.length <= MAX_INTEGER;
  const value = Number(source);
  return Number.isFinite(value) && digitsOf(String(value)) === digitsOf(source);
}

function digitsOf(number: string): string {
  const [mantissa = ''] = number.toLowerCase().split('e');
  return mantissa.replace(/[-.]/g, '').replace(/^0+|0+$/g, '');
}
