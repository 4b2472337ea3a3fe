import type { DatasetProblem } from '../../../../src/lib/types/dataset-records';
import type { ParseFault } from '../readers/parse-json';
import { placeIn } from '../readers/place-in-value';
import type { RawRecord } from '../readers/raw-record';

/** Where a record stops being JSON, in the lines and columns of the file. */
export function problemPlace(
  raw: RawRecord,
  fault: ParseFault,
): Pick<DatasetProblem, 'line' | 'path' | 'type' | 'error' | 'suggestion'> {
  const { line, column } = fault.offset === null ? raw : placeIn(raw, fault.offset);
  const path = raw.pointer === '' && fault.path === null ? null : `${raw.pointer}${fault.path ?? ''}`;
  const where = fault.offset === null ? '' : ` (line ${String(line)}, column ${String(column)})`;
  return { line, path, type: fault.type, error: `${fault.error}${where}`, suggestion: fault.suggestion };
}
