import { Activity, Box, Database, Download, Flag, Layers } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { classNames } from '../../../components/class-names';
import { api } from '../../../api';
import { formatAmount, formatCount, formatDuration, formatHash, NOTHING } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { versionedName } from '../../../lib/training/mixture';
import type { ArtifactExport, ModelArtifact } from '../../../lib/types/model-artifact';
import type { KeptRunDataset } from '../../../lib/types/run-mixture';
import { useLive, useRows } from '../../../live-store';
import { paths } from '../../../paths';
import { baseModels, jobs } from '../../../stores';
import { useLoad } from '../../../use-load';
import { workedMs } from '../../jobs';
import { FileText } from '../../../components/file-text';
import { baseWords, checkpointWords, exportWords } from '../lineage-words';

export const Lineage = ({
  model,
  exports,
}: {
  readonly model: ModelArtifact;
  readonly exports: readonly ArtifactExport[];
}) => {
  const { training_summary: summary, configuration, job_id } = model;
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
        <DatasetStep model={model} />
        <BaseStep model={model} />
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
          {formatAmount(summary.attempts, 'attempt')}, seed {configuration.seed}, on {summary.device}
        </Step>
        <CheckpointStep model={model} />
        <Step icon={Layers} title={`Adapter version ${model.version}`}>
          rank {configuration.lora_rank}, alpha {configuration.lora_alpha},{' '}
          {formatCount(summary.trainable_parameters)} parameters
        </Step>
        <Step
          icon={Download}
          title={exports.length === 0 ? 'No export yet' : formatAmount(exports.length, 'export')}
          last
        >
          {exportWords(exports)}
        </Step>
      </ol>
    </Panel>
  );
};

interface OfModel {
  readonly model: ModelArtifact;
}

/** As the run took them; none for an adapter that was imported. */
const useTaken = ({ job_id }: ModelArtifact): readonly KeptRunDataset[] => {
  const { state } = useLoad(`datasets ${job_id ?? 'imported'}`, () =>
    job_id === null ? Promise.resolve([]) : api.jobs.datasets({ id: job_id }),
  );
  return state.kind === 'ready' ? state.value : [];
};

const DatasetStep = ({ model }: OfModel) => {
  const { dataset_id, training_summary: summary } = model;
  const taken = useTaken(model);
  const [only] = taken;
  const isMixture = taken.length > 1;
  const name = <FileText>{isMixture ? versionedName(taken) : summary.dataset_name}</FileText>;
  return (
    <Step
      icon={Database}
      title={
        <>
          Dataset “
          {dataset_id ? (
            <Link href={paths.dataset(dataset_id)} className="hover:text-accent-text">
              {name}
            </Link>
          ) : (
            name
          )}
          ”
        </>
      }
      titleEnd={only && !isMixture ? `, version ${formatCount(only.version_number)}` : null}
    >
      {formatAmount(summary.train_records, 'record')} to train on,{' '}
      <Hash value={summary.dataset_version_sha256} />
    </Step>
  );
};

const BaseStep = ({ model: { base_model_id, created_at, training_summary: summary } }: OfModel) => {
  const known = useLive(baseModels);
  const base = known.kind === 'ready' ? known.value.get(base_model_id) : undefined;
  const { base_model_fingerprint } = summary;
  return (
    <Step icon={Box} title={`Base ${summary.base_model_name}`}>
      {known.kind === 'ready' ? baseWords({ base_model_fingerprint, made: created_at }, base) : 'fingerprint'}
      , <Hash value={base_model_fingerprint} />
    </Step>
  );
};

const CheckpointStep = ({ model: { job_id, training_summary: summary } }: OfModel) => {
  const { state } = useLoad(`checkpoints ${job_id ?? 'imported'}`, () =>
    job_id === null ? Promise.resolve([]) : api.jobs.checkpoints({ id: job_id }),
  );
  return (
    <Step icon={Flag} title={`Checkpoint ${formatCount(summary.source_step)}`}>
      {state.kind === 'ready' ? checkpointWords(state.value, summary.source_step) : NOTHING}
    </Step>
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
  titleEnd = null,
  last,
  children,
}: {
  readonly icon: LucideIcon;
  readonly title: ReactNode;
  /** Stays where a long title is cut. */
  readonly titleEnd?: string | null;
  readonly last?: boolean;
  readonly children: ReactNode;
}) => (
  <li className={classNames('relative flex gap-3', !last && 'pb-3')}>
    {last ? null : <span aria-hidden className="absolute top-6 bottom-0 left-3 border-l" />}
    <span className="flex size-6 shrink-0 items-center justify-center rounded-md border bg-surface-1">
      <Icon aria-hidden className="size-3.5 text-ink-2" />
    </span>
    <div className="min-w-0">
      <p className="flex">
        <span className="truncate">{title}</span>
        <span className="shrink-0 whitespace-pre">{titleEnd}</span>
      </p>
      <p className="text-xs text-ink-2">{children}</p>
    </div>
  </li>
);
