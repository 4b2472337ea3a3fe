import type { Spot } from './types/raw-part';

interface Beginning {
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** Where in a part of a file is the “(line 3, column 7)” of a message; null for none, or one that is not there. */
export const spotByColumn = (text: string, begins: Beginning, error: string): Spot | null => {
  const [, line, column] = /\(line (\d+), column (\d+)\)/.exec(error) ?? [];
  if (line === undefined) return null;
  const lineStart = startOfLine(text, Number(line) - begins.line);
  if (lineStart === null) return null;
  const start = lineStart + Number(column) - (Number(line) === begins.line ? begins.column : 1);
  if (start < 0 || start > text.length) return null;
  const units = (text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1;
  return { start, end: Math.min(text.length, start + units) };
};

/** Of a line by its number from 0. */
const startOfLine = (text: string, number: number): number | null => {
  if (number < 0) return null;
  let start = 0;
  for (let passed = 0; passed < number; passed += 1) {
    const end = text.indexOf('\n', start);
    if (end === -1) return null;
    start = end + 1;
  }
  return start;
};

/** The names of a JSON pointer, from the outermost. */
export const namesOf = (pointer = ''): readonly string[] => pointer.split('/').slice(1).map(unescaped);

const unescaped = (name: string): string => name.replaceAll('~1', '/').replaceAll('~0', '~');

/** The value that a path of names leads to, or the innermost place on its way below the top; else null. */
export const jsonSpot = (text: string, names: readonly string[]): Spot | null => {
  let at = skipSpace(text, 0);
  let found: Spot | null = null;
  for (const name of names) {
    const next = memberOf(text, at, name);
    if (next === null) return found;
    at = next;
    found = { start: at, end: valueEnd(text, at) };
  }
  return found;
};

const SPACE = /\s*/y;
const SCALAR = /[^,\]}\s]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/sy;

const matchEnd = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
};

const skipSpace = (text: string, at: number): number => matchEnd(SPACE, text, at);

/** A member of an object or list: its name, and where its value begins. */
interface Member {
  readonly name: string | null;
  readonly value: number;
}

const CLOSING = /[\]}]/;

/** Where the value of a member of an object or list begins. */
const memberOf = (text: string, at: number, name: string): number | null => {
  const readMember = READERS[text.charAt(at)];
  if (!readMember) return null;
  let place = skipSpace(text, at + 1);
  for (let index = 0; place < text.length && !CLOSING.test(text.charAt(place)); index += 1) {
    const member = readMember(text, place, index);
    if (member.name === name && member.value < text.length) return member.value;
    const end = skipSpace(text, valueEnd(text, member.value));
    if (end <= place || text[end] !== ',') return null;
    place = skipSpace(text, end + 1);
  }
  return null;
};

const READERS: Readonly<Record<string, (text: string, place: number, index: number) => Member>> = {
  '{': (text, place) => {
    const keyEnd = matchEnd(STRING, text, place);
    return {
      name: keyOf(text.slice(place, keyEnd)),
      value: skipSpace(text, skipSpace(text, keyEnd) + 1),
    };
  },
  '[': (_, place, index) => ({ name: String(index), value: place }),
};

const keyOf = (quoted: string): string | null => {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return null;
  }
};

const valueEnd = (text: string, at: number): number => {
  if (text[at] === '"') return matchEnd(STRING, text, at);
  if (text[at] !== '{' && text[at] !== '[') return matchEnd(SCALAR, text, at);
  let depth = 0;
  let place = at;
  while (place < text.length) {
    const character = text.charAt(place);
    if (character === '"') {
      place = Math.max(place + 1, matchEnd(STRING, text, place));
      continue;
    }
    depth += Number(/[{[]/.test(character)) - Number(/[}\]]/.test(character));
    place += 1;
    if (depth === 0) return place;
  }
  return text.length;
};
