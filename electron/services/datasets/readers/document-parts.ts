/** One value cut out of a document, not yet parsed. Column counts UTF-16 units, from 1. */
export interface CutValue {
  readonly key: string | null;
  readonly index: number | null;
  readonly line: number;
  readonly column: number;
  /** Null for a value that nobody asked for. */
  readonly bytes: Buffer | null;
  readonly tooLong: boolean;
}

export interface StructureFault {
  readonly line: number;
  readonly column: number;
  readonly error: string;
}

/**
 * Whether the bytes of a value are wanted. `key` is that of the root object, `index` the position in a list.
 */
export type Wanted = (key: string | null, index: number | null) => boolean;

export type Expects =
  'root' | 'key' | 'key-or-end' | 'colon' | 'value' | 'value-or-end' | 'comma-or-end' | 'nothing';
export type Inside = 'structure' | 'nested' | 'string' | 'scalar';

export const LF = 0x0a;
export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const OPENS = new Set([0x5b, 0x7b]);
export const CLOSES = new Set([0x5d, 0x7d]);
export const SCALAR_END = new Set([0x2c, 0x5d, 0x7d, 0x20, 0x09, 0x0d, LF]);
export const SPACE = new Set([0x20, 0x09, 0x0d, LF]);

export const NO_BYTES = Buffer.alloc(0);
const SHOWN_BYTES = 24;

/** What stands at a place, to be shown; empty at the end. */
export function foundAt(chunk: Buffer, at: number): string {
  const shown = chunk.subarray(at, at + SHOWN_BYTES).toString('utf8');
  return shown === '' ? '' : JSON.stringify(shown);
}
