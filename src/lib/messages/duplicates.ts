import type { DatasetReport } from '../types/dataset-records';
import { formatCount } from './format';

/** How exact duplicates are told, for whoever asks what their number means. */
export const DUPLICATES_METHOD =
  'Found while reading, without being asked: the messages, tools, answers and label of a record equal those of an earlier one, character for character. Ids and the first of each are not counted.';

/** A hint, never a fault: `2 records repeat an earlier one word for word`; null where none does. */
export const duplicateWords = ({
  duplicates_exact: count,
}: Pick<DatasetReport, 'duplicates_exact'>): string | null =>
  count === 0
    ? null
    : `${formatCount(count)} ${count === 1 ? 'record repeats' : 'records repeat'} an earlier one word for word`;
