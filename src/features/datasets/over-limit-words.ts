import type { MeasuredRow } from '../../components/measured';
import { formatAmount, formatCount, formatPercent } from '../../components/format';
import type { DatasetStats } from '../../lib/types/dataset-numbers';
import type { DatasetKind } from '../../lib/types/dataset-records';

/** What becomes of the records over the limit: texts are laid into windows and lose nothing. */
export const overLimitWords = ({ over_limit }: DatasetStats, kind: DatasetKind): string =>
  `${formatAmount(over_limit, 'record')} ${kind === 'text' ? 'in windows' : 'cut'}`;

/** `2 records longer than 512 tokens`. */
export const tooLongWords = ({ over_limit, max_length }: DatasetStats, kind: DatasetKind): string =>
  `${formatAmount(over_limit, 'record')} longer than ${formatAmount(max_length, 'token')}${kind === 'text' ? ', laid into windows: nothing is lost' : ''}`;

export const overLimitRow = (stats: DatasetStats, kind: DatasetKind): MeasuredRow => {
  const { lost_trained_tokens: lost, trained_tokens: trained, methods } = stats;
  const method = methods['over_limit'];
  if (kind === 'text')
    return { label: 'Laid into windows', value: formatAmount(stats.over_limit, 'record'), method };
  const share = lost > 0 && trained > 0 ? ` (${formatPercent(lost / trained)})` : '';
  return { label: 'Lost to the cut', value: `${formatCount(lost)} trained${share}`, method };
};

/** In how many windows a text of `tokens` is trained: each begins with the last token of the one before. */
export const windowsOf = (tokens: number, length: number): number =>
  tokens <= length ? 1 : Math.ceil((tokens - 1) / (length - 1));
