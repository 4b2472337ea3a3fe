import { formatCount, formatPercent } from '../../../components/format';
import { Histogram } from '../../../components/histogram';
import { Panel, Skeleton } from '../../../components/layout';
import { MeasuredFacts } from '../../../components/measured';
import type { MeasuredRow } from '../../../components/measured';
import type { BaseModel } from '../../../lib/types/base-model';
import type { DatasetStats } from '../../../lib/types/dataset-numbers';
import type { DatasetKind } from '../../../lib/types/dataset-records';
import type { Dataset } from '../../../lib/types/lora-training';
import { overLimitRow, overLimitWords } from '../over-limit-words';
import { RECORD_METHODS } from '../record-methods';
import { useStats } from '../use-numbers';

interface TokenStripProps {
  readonly dataset: Dataset;
  readonly model: BaseModel;
  readonly maxLength: number;
  /** Of the record that is looked at; null until it is known. */
  readonly tokens: number | null;
}

/** Where this record stands among all; nothing where they cannot be counted, which the tab of the tokens tells. */
export const TokenStrip = ({ dataset, model, maxLength, tokens }: TokenStripProps) => {
  const { state } = useStats(dataset, model, maxLength);
  if (state.kind === 'error') return null;
  return (
    <Panel plain className="px-4 py-2 low:hidden max-medium:hidden">
      {state.kind === 'ready' ? (
        <Strip stats={state.value} kind={dataset.kind} all={dataset.report?.records_total} tokens={tokens} />
      ) : (
        <Counting />
      )}
    </Panel>
  );
};

const Counting = () => (
  <div role="status" aria-label="Counting tokens…" className="flex h-27 flex-col justify-center gap-3">
    <Skeleton className="w-56" />
    <Skeleton className="w-40" />
    <Skeleton className="w-56" />
  </div>
);

const shareOf = (part: number, whole: number): string =>
  part > 0 && whole > 0 ? ` (${formatPercent(part / whole)})` : '';

const rowsOf = ({ stats, kind }: Pick<StripProps, 'stats' | 'kind'>, all: number): MeasuredRow[] => [
  {
    label: 'Usable records',
    value: `${formatCount(stats.records)} of ${formatCount(all)}`,
    method: RECORD_METHODS.usableOfRead,
  },
  { label: 'Tokens', value: formatCount(stats.total_tokens), method: stats.methods['tokens'] },
  {
    label: 'Trained',
    value: `${formatCount(stats.trained_tokens)}${shareOf(stats.trained_tokens, stats.total_tokens)}`,
    method: stats.methods['trained_tokens'],
  },
  {
    label: 'Median, p95',
    value: `${formatCount(stats.median)}, ${formatCount(stats.p95)}`,
    method: stats.methods['spread'],
  },
  overLimitRow(stats, kind),
];

interface StripProps {
  readonly stats: DatasetStats;
  readonly kind: DatasetKind;
  /** Records of the file; as many as are usable where that is not known. */
  readonly all: number | undefined;
  readonly tokens: number | null;
}

const Strip = ({ stats, kind, all = stats.records, tokens }: StripProps) => {
  const cut = overLimitWords(stats, kind);
  return (
    <div className="grid grid-cols-[17rem_minmax(0,1fr)] gap-6 text-xs">
      <MeasuredFacts rows={rowsOf({ stats, kind }, all)} />
      <Histogram
        label="Tokens a record"
        summary={`Tokens a record: median ${formatCount(stats.median)}, 95 % up to ${formatCount(stats.p95)}; ${cut} at ${formatCount(stats.max_length)}.${tokens === null ? '' : ` This record has ${formatCount(tokens)}.`}`}
        bins={stats.histogram}
        unit="tokens"
        limit={
          stats.over_limit > 0
            ? {
                at: stats.max_length,
                label: `max length ${formatCount(stats.max_length)}: ${cut}`,
                isLoss: kind !== 'text',
              }
            : undefined
        }
        here={tokens === null ? null : { at: tokens, label: `this record, ${formatCount(tokens)}` }}
        className="h-27"
      />
    </div>
  );
};
