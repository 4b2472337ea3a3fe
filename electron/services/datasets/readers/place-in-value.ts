import type { CutValue, StructureFault } from './document-parts';
import { parseJson } from './parse-json';

export interface PlacedBytes {
  readonly line: number;
  /** Column of the first byte, from 1. */
  readonly column: number;
  readonly bytes: Buffer;
}

/** Line and column in the file of a character of a value. */
export function placeIn(
  { line, column, bytes }: PlacedBytes,
  offset: number,
): { line: number; column: number } {
  const before = bytes.toString('utf8').slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  if (lastBreak === -1) return { line, column: column + before.length };
  return { line: line + before.split('\n').length - 1, column: before.length - lastBreak };
}

interface SyntaxFault extends StructureFault {
  /** There is nothing wrong but that the value does not go on. */
  readonly isAtEnd: boolean;
}

/** Where a value stops being JSON; null where it does not. */
export function syntaxFaultIn(value: PlacedBytes): SyntaxFault | null {
  const parsed = parseJson(value.bytes);
  if (parsed.kind !== 'fault' || parsed.fault.type !== 'malformed_json') return null;
  const { error } = parsed.fault;
  const offset = parsed.fault.offset ?? 0;
  const isAtEnd = offset >= value.bytes.toString('utf8').trimEnd().length;
  return { ...placeIn(value, offset), error, isAtEnd };
}

/** What else is in a document has to be JSON as well; whatever its texts hold, nobody reads them. */
export function faultInCut(cut: CutValue): StructureFault | null {
  return cut.bytes === null ? null : syntaxFaultIn({ ...cut, bytes: cut.bytes });
}
