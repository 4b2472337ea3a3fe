import { CircleCheck, TriangleAlert } from 'lucide-react';
import { api } from '../../../api';
import { TONE_TEXT } from '../../../components/badge';
import { classNames } from '../../../components/class-names';
import {
  formatAmount,
  formatChangeWords,
  formatCount,
  formatLoss,
  formatPrecision,
  NOTHING,
} from '../../../components/format';
import { Panel } from '../../../components/layout';
import type { ModelArtifact } from '../../../lib/types/model-artifact';
import { useLoad } from '../../../use-load';
import { verdictOf, verdictWith } from '../../jobs';
import { groupLosses, isWorse } from '../group-losses';
import type { GroupKind } from '../group-losses';
import { BeforeAfter } from './before-after';
import { GroupTable } from './group-table';

const perplexity = (value: number | null): string => (value === null ? NOTHING : value.toFixed(2));

/** The losses by group that the run measured; none for an adapter that was imported. */
const useGroups = ({ job_id }: ModelArtifact): readonly GroupKind[] => {
  const { state } = useLoad(job_id ?? 'imported', () =>
    job_id === null ? Promise.resolve([]) : api.jobs.evaluations({ id: job_id }),
  );
  return state.kind === 'ready' ? groupLosses(state.value) : [];
};

export const ModelVerdict = ({ model }: { readonly model: ModelArtifact }) => {
  const groups = useGroups(model);
  const { quality_metrics: quality, training_summary: summary } = model;
  const { base_validation_loss: before, final_validation_loss: after } = quality;
  const verdict = verdictOf(model);
  const { words, tone } = verdict;
  const Icon = tone === 'good' ? CircleCheck : TriangleAlert;
  const longest = Math.max(before ?? 0, after ?? 0, Number.EPSILON) * 1.08;
  return (
    <Panel plain>
      <div className="p-4">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4">
          <h2 title={verdict.method} className="flex items-center gap-3 text-lg font-semibold tracking-tight">
            <Icon aria-hidden className={classNames('size-5 shrink-0', TONE_TEXT[tone])} />
            {before !== null && after !== null
              ? verdictWith(
                  verdict,
                  `loss ${formatChangeWords(before, after)} at step ${formatCount(summary.source_step)}`,
                )
              : words}
          </h2>
          <Worse groups={groups} />
        </div>
        <table aria-label="Loss on held-out data" className="mt-3 w-full">
          <thead>
            <tr className="text-xs text-ink-3">
              <th scope="col" className="w-20 text-left font-medium">
                <span className="sr-only">Model</span>
              </th>
              <td />
              <th scope="col" className="w-20 text-right font-medium">
                Loss
              </th>
              <th scope="col" className="w-24 text-right font-medium">
                Perplexity
              </th>
            </tr>
          </thead>
          <tbody>
            <BarRow
              label="Base"
              loss={before}
              share={(before ?? 0) / longest}
              perplexity={perplexity(quality.base_perplexity)}
              className="bg-line-control"
            />
            <BarRow
              label="Adapter"
              loss={after}
              share={(after ?? 0) / longest}
              perplexity={perplexity(quality.perplexity)}
              className="bg-accent"
              strong
            />
          </tbody>
        </table>
        <p className="mt-2 text-xs text-ink-2">
          Method: {quality.method}. {formatCount(quality.held_out_tokens)} tokens of{' '}
          {formatCount(quality.held_out_records)} held-out records, {formatPrecision(quality.precision)}.
          {quality.perplexity === null ? '' : ' Perplexity = e^loss.'}
        </p>
      </div>
      <GroupTable kinds={groups} withPerplexity={quality.perplexity !== null} />
      <BeforeAfter model={model} />
    </Panel>
  );
};

/** Said beside the good news, where it is true. */
const Worse = ({ groups }: { readonly groups: readonly GroupKind[] }) => {
  const [first] = groups;
  const worse = first?.rows.filter(isWorse).length ?? 0;
  return first && worse > 0 ? (
    <p className="ml-8 text-xs text-warn">
      worse in {worse} of {formatAmount(first.rows.length, first.kind)}
    </p>
  ) : null;
};

const BarRow = ({
  label,
  loss,
  share,
  perplexity: shown,
  className,
  strong,
}: {
  readonly label: string;
  readonly loss: number | null;
  readonly share: number;
  readonly perplexity: string;
  readonly className: string;
  readonly strong?: boolean;
}) => (
  <tr className={classNames('h-7', strong && 'font-semibold')}>
    <th scope="row" className={classNames('text-left', strong ? 'font-semibold' : 'font-normal')}>
      {label}
    </th>
    <td>
      <div className="h-4 rounded-sm bg-active">
        <div className={classNames('h-full rounded-l-sm', className)} style={{ width: `${share * 100}%` }} />
      </div>
    </td>
    <td className="text-right">{formatLoss(loss)}</td>
    <td className="text-right">{shown}</td>
  </tr>
);
