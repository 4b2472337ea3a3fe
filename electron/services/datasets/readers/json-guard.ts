const OPENING = /[[{]/g;
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/** Whether brackets nest deeper than `limit`; looked at before the parser sees the text. */
export function nestsDeeperThan(text: string, limit: number): boolean {
  if (!hasMoreBracketsThan(text, limit)) return false;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '"') index = endOfString(text, index);
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth > limit) return true;
  }
  return false;
}

/** Whether there are more objects, lists and fields than `limit`. */
export function hasMorePartsThan(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  let parts = 0;
  for (let index = 0; index < text.length && parts <= limit; index += 1) {
    const character = text[index];
    if (character === '"') index = endOfString(text, index);
    else if (character === '{' || character === '[' || character === ':') parts += 1;
  }
  return parts > limit;
}

/** The same of a value that was no text. */
export function excessOf(
  value: unknown,
  limits: { readonly depth: number; readonly parts: number },
): 'depth' | 'parts' | null {
  let parts = 0;
  const isDeeper = (item: unknown, depth: number): boolean => {
    if (typeof item !== 'object' || item === null || JSON.isRawJSON(item)) return false;
    if (depth > limits.depth) return true;
    const items = Object.values(item);
    parts += Array.isArray(item) ? 1 : 1 + items.length;
    return items.some((inner) => isDeeper(inner, depth + 1));
  };
  if (isDeeper(value, 1)) return 'depth';
  return parts > limits.parts ? 'parts' : null;
}

function hasMoreBracketsThan(text: string, limit: number): boolean {
  OPENING.lastIndex = 0;
  for (let count = 0; count <= limit; count += 1) if (!OPENING.test(text)) return false;
  return true;
}

function endOfString(text: string, opening: number): number {
  for (let index = opening + 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '"') return index;
  }
  return text.length;
}

/** JSON pointer of the first string with half a surrogate pair, which no UTF-8 can hold. */
export function loneSurrogateIn(value: unknown, rawText: string): string | null {
  return SURROGATE_ESCAPE.test(rawText) ? findLoneSurrogate(value, '') : null;
}

/** Whether UTF-8 can hold every text of a value. */
export function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, item]) => key.isWellFormed() && isWellFormed(item));
}

function findLoneSurrogate(value: unknown, path: string): string | null {
  if (typeof value === 'string') return value.isWellFormed() ? null : path;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, item] of Object.entries(value)) {
    if (!key.isWellFormed()) return path;
    const found = findLoneSurrogate(item, `${path}/${pointerToken(key)}`);
    if (found !== null) return found;
  }
  return null;
}

export function pointerToken(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
