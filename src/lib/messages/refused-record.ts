import type { RecordView } from '../types/record-view';
import { formatCount } from './format';

type Kept = Pick<RecordView, 'total_tokens' | 'lost_tokens' | 'max_length'>;

/** Whether nothing of a record fits, not even its shortest form: a run stops at it. */
export const isRefused = ({ total_tokens, lost_tokens }: Kept): boolean =>
  total_tokens > 0 && lost_tokens === total_tokens;

export const refusedRecordWords = ({ max_length }: Kept): string =>
  `Refused: even its shortest form does not fit into ${formatCount(max_length)} tokens, so a run of that length stops at this record. Raise the max length, or exclude it.`;
