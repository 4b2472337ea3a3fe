import type { EditFile } from '../../../src/lib/types/dataset-versions';
import type { Dataset } from '../../../src/lib/types/lora-training';
import {
  editChangesNothing,
  editLeavesNothing,
  fileChangesNothing,
  noUsableRecords,
  recordsAbsent,
} from './dataset-errors';
import type { ImportResult } from './import/import-request';

/** Why no version comes of what was read for an edit. */
export function refusal({ name }: Dataset, { unkept, report }: ImportResult, file?: EditFile) {
  if (unkept?.kind === 'records_absent') return recordsAbsent(name, unkept.ids);
  if (unkept?.kind === 'unchanged') return file ? fileChangesNothing(name) : editChangesNothing(name);
  return file ? noUsableRecords(report) : editLeavesNothing(name);
}
