import type { CanonicalRecord, DatasetReport } from '../../../src/lib/types/dataset-records';
import type { Dataset } from '../../../src/lib/types/lora-training';
import type { ErrorPayload } from '../../../src/lib/types/system';
import type { ImportResult } from './import/import-request';
import { refusedReport } from './import/report';

/** What `datasets import` answers for a file. */
export interface ImportOutcome {
  readonly dataset: Dataset;
  readonly report: DatasetReport | null;
  readonly error: ErrorPayload | null;
}

type Columns = Partial<Omit<Dataset, 'id' | 'user_id' | 'revision'>>;

/** The columns of a dataset whose import came to its end, well or not. */
export function finishedColumns({ report, statistics, sourceBytes, version }: ImportResult, now: string) {
  return {
    status: version === null ? 'error' : 'ready',
    kind: report.kind,
    ...(report.format !== null && { format: report.format }),
    ...(sourceBytes > 0 && { file_size: sourceBytes }),
    total_training_pairs: statistics.total_training_pairs,
    total_validation_pairs: statistics.total_validation_pairs,
    avg_turns_per_conversation: statistics.avg_turns_per_conversation,
    // A list of datasets is loaded whole.
    sample_data: statistics.sample_data.filter(isSmall),
    training_ready: version !== null,
    validated_at: now,
    validation_errors: report.problems,
    report,
  } as const satisfies Columns;
}

const MAX_SAMPLE_LENGTH = 64 * 1024;

/** Long texts are cut; what is still large has very many turns, or a name as long as a book. */
const isSmall = (record: CanonicalRecord): boolean => JSON.stringify(record).length <= MAX_SAMPLE_LENGTH;

/** The columns of a dataset whose import broke off. */
export function brokenColumns({ message, hint }: ErrorPayload) {
  const problem = {
    line: 1,
    path: null,
    record_id: null,
    type: 'unreadable',
    severity: 'error',
    error: message,
    suggestion: hint,
  } as const;
  const report = refusedReport({ shape: null, reason: message, problems: [problem] }, 0);
  return {
    status: 'error',
    training_ready: false,
    validation_errors: [problem],
    report,
  } as const satisfies Columns;
}
