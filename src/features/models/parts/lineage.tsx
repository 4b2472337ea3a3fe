import { Activity, Box, Database, Download, Flag, Layers } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { classNames } from '../../../components/class-names';
import {
  formatAmount,
  formatCount,
  formatDuration,
  formatHash,
  formatLoss,
  formatRate,
} from '../../../components/format';
import { Panel } from '../../../components/layout';
import type { ModelArtifact } from '../../../lib/types/model-artifact';
import { useRows } from '../../../live-store';
import { paths } from '../../../paths';
import { jobs } from '../../../stores';
import { workedMs } from '../../jobs';
import { FileText } from '../../../components/file-text';

export const Lineage = ({
  model,
  exportCount,
}: {
  readonly model: ModelArtifact;
  readonly exportCount: number;
}) => {
  const { training_summary: summary, configuration, dataset_id, job_id } = model;
  const run = useRows(jobs).find(({ id }) => id === job_id);
  return (
    <Panel
      title="Lineage"
      actions={
        job_id ? (
          <Link href={paths.newRunLike(job_id)} className="font-medium text-accent-text">
            New run like this
          </Link>
        ) : null
      }
    >
      <ol className="flex flex-col">
        <Step
          icon={Database}
          title={
            <>
              Dataset “
              {dataset_id ? (
                <Link href={paths.dataset(dataset_id)} className="hover:text-accent-text">
                  <FileText>{summary.dataset_name}</FileText>
                </Link>
              ) : (
                <FileText>{summary.dataset_name}</FileText>
              )}
              ”
            </>
          }
        >
          {formatAmount(summary.train_records, 'record')} trained,{' '}
          <Hash value={summary.dataset_version_sha256} />
        </Step>
        <Step icon={Box} title={`Base ${summary.base_model_name}`}>
          fingerprint <Hash value={summary.base_model_fingerprint} />
        </Step>
        <Step
          icon={Activity}
          title={
            job_id ? (
              <Link href={paths.job(job_id)} className="hover:text-accent-text">
                Job “<FileText>{run?.name ?? 'unknown'}</FileText>”
              </Link>
            ) : (
              'Imported'
            )
          }
        >
          {formatAmount(summary.total_steps, 'step')},{' '}
          {formatDuration((run && workedMs(run)) ?? summary.duration_ms)},{' '}
          {formatAmount(summary.attempts, 'attempt')}, seed {configuration.seed}
        </Step>
        <Step
          icon={Flag}
          title={`Step ${formatCount(summary.source_step)}, training loss ${formatLoss(model.quality_metrics.final_training_loss)}`}
        >
          rate {formatRate(configuration.learning_rate)}, {configuration.lr_scheduler}, on {summary.device}
        </Step>
        <Step icon={Layers} title={`Adapter version ${model.version}`}>
          rank {configuration.lora_rank}, alpha {configuration.lora_alpha},{' '}
          {formatCount(summary.trainable_parameters)} parameters
        </Step>
        <Step
          icon={Download}
          title={exportCount === 0 ? 'No export yet' : formatAmount(exportCount, 'export')}
          last
        >
          {exportCount === 0 ? 'made on this page, to any folder' : 'each loaded again and compared'}
        </Step>
      </ol>
    </Panel>
  );
};

const Hash = ({ value }: { readonly value: string }) => (
  <span className="font-mono" title={value}>
    {formatHash(value)}
  </span>
);

const Step = ({
  icon: Icon,
  title,
  last,
  children,
}: {
  readonly icon: LucideIcon;
  readonly title: ReactNode;
  readonly last?: boolean;
  readonly children: ReactNode;
}) => (
  <li className={classNames('relative flex gap-3', !last && 'pb-3')}>
    {last ? null : <span aria-hidden className="absolute top-6 bottom-0 left-3 border-l" />}
    <span className="flex size-6 shrink-0 items-center justify-center rounded-md border bg-surface-1">
      <Icon aria-hidden className="size-3.5 text-ink-2" />
    </span>
    <div className="min-w-0">
      <p className="truncate">{title}</p>
      <p className="truncate text-xs text-ink-2">{children}</p>
    </div>
  </li>
);
