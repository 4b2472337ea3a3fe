import type { DatasetProblem } from '../../../../src/lib/types/dataset-records';
import type { ParseFault } from '../readers/parse-json';
import type { RawRecord } from '../readers/raw-record';

/** Where a record stops being JSON, in the lines and columns of the file. */
export function problemPlace(
  raw: RawRecord,
  fault: ParseFault,
): Pick<DatasetProblem, 'line' | 'path' | 'type' | 'error' | 'suggestion'> {
  const { line, column } = placeOf(raw, fault.offset);
  const path = raw.pointer === '' && fault.path === null ? null : `${raw.pointer}${fault.path ?? ''}`;
  const where = fault.offset === null ? '' : ` (line ${String(line)}, column ${String(column)})`;
  return { line, path, type: fault.type, error: `${fault.error}${where}`, suggestion: fault.suggestion };
}

function placeOf(raw: RawRecord, offset: number | null): { line: number; column: number } {
  if (offset === null) return { line: raw.line, column: raw.column };
  const before = raw.bytes.toString('utf8').slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  if (lastBreak === -1) return { line: raw.line, column: raw.column + before.length };
  return { line: raw.line + before.split('\n').length - 1, column: before.length - lastBreak };
}
