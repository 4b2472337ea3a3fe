import type { MeasuredRow } from '../../components/measured';
import { formatAmount, formatCount, formatPercent } from '../../components/format';
import type { DatasetStats } from '../../lib/types/dataset-numbers';
import type { DatasetKind } from '../../lib/types/dataset-records';
import { overWords } from '../../lib/messages/refused-words';

/** What becomes of the records over the limit: texts are laid into windows and lose nothing. */
export const overLimitWords = (stats: DatasetStats, kind: DatasetKind): string =>
  kind === 'text' ? `${formatAmount(stats.over_limit, 'record')} in windows` : overWords(stats);

/** `2 records longer than 512 tokens: 1 cut, 1 refused`. */
export const tooLongWords = (stats: DatasetStats, kind: DatasetKind): string => {
  const { over_limit, max_length } = stats;
  const fate =
    kind === 'text' ? ', laid into windows: nothing is lost' : overWords(stats).replace(/^[^:]*/u, '');
  return `${formatAmount(over_limit, 'record')} longer than ${formatAmount(max_length, 'token')}${fate}`;
};

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
