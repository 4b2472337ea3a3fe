import type { DatasetProblem } from '../../../src/lib/types/dataset-records';
import { csvFile, toCsv } from '../../../src/lib/csv';

export const PROBLEM_COLUMNS = [
  'line',
  'path',
  'record_id',
  'type',
  'severity',
  'error',
  'suggestion',
] as const;

/** Problems as CSV that a spreadsheet may open: no cell of it is run as a formula. */
export function problemsCsv(problems: readonly DatasetProblem[]): string {
  return csvFile(toCsv(PROBLEM_COLUMNS, problems));
}
