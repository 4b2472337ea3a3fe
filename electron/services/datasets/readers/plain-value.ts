import { isJsonList, isJsonObject } from './json-object';

/** Stands in a table for a text whose bytes are no UTF-8. */
export class UnreadableText {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** The first such text inside a value. */
export function unreadableIn(value: unknown): UnreadableText | null {
  if (value instanceof UnreadableText) return value;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return null;
  for (const item of Object.values(value)) {
    const found = unreadableIn(item);
    if (found !== null) return found;
  }
  return null;
}

/** A value of a table as JSON could hold it; bytes become a note of their length, never a text. */
export function plainValue(value: unknown): unknown {
  if (value instanceof UnreadableText) return plainValue(value.bytes);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value === undefined) return null;
  if (ArrayBuffer.isView(value)) return { bytes: value.byteLength };
  if (isJsonList(value)) return value.map(plainValue);
  if (!isJsonObject(value) || JSON.isRawJSON(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainValue(item)]));
}

/** The bytes that a value takes as JSON, about: what a table unpacks to is as long as its records are. */
export function jsonBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + QUOTES;
  if (typeof value !== 'object' || value === null) return SCALAR_BYTES;
  if (isJsonList(value)) return value.reduce<number>((sum, item) => sum + jsonBytes(item) + 1, QUOTES);
  return Object.entries(value).reduce(
    (sum, [key, item]) => sum + Buffer.byteLength(key) + QUOTES + 2 + jsonBytes(item),
    QUOTES,
  );
}

const QUOTES = 2;
const SCALAR_BYTES = 2;
