import type { ReactNode } from 'react';
import { Select } from '../../../components/fields';
import {
  formatAmount,
  formatBytes,
  formatCount,
  formatHash,
  formatParameters,
  formatPrecision,
} from '../../../components/format';
import { cutWords } from '../../../lib/messages/cut';
import { problemAmounts } from '../../../lib/messages/problem-amounts';
import type { BaseModel } from '../../../lib/types/base-model';
import type { Estimate } from '../../../lib/types/estimate';
import type { Dataset } from '../../../lib/types/lora-training';
import type { Estimates } from '../use-estimates';
import { useCurrentVersion } from '../use-current-version';
import type { NewRun } from '../use-new-run';
import { MixIn, MixtureRows } from './mixture';
import { MixtureLeaks } from './mixture-leaks';
import { Note } from './note';

export const Numbered = ({ number, title }: { readonly number: number; readonly title: string }) => (
  <div className="flex shrink-0 items-center gap-2">
    <span
      aria-hidden
      className="flex size-5 items-center justify-center rounded-full bg-active text-xs font-medium text-ink-2"
    >
      {number}
    </span>
    <h2 className="font-semibold whitespace-nowrap">{title}</h2>
  </div>
);

const Card = ({
  number,
  title,
  select,
  beside,
  children,
}: {
  readonly number: number;
  readonly title: string;
  readonly select: ReactNode;
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}) => (
  <section
    aria-label={title}
    className="flex min-w-0 flex-col gap-1.5 rounded-lg border bg-surface-2 px-4 py-3"
  >
    <div className="mb-1 flex min-w-0 flex-wrap items-center gap-x-4 gap-y-2">
      <Numbered number={number} title={title} />
      <div className="flex min-w-48 flex-1 flex-col">{select}</div>
      {beside}
    </div>
    {children}
  </section>
);

export const DataCard = ({ run, estimates }: { readonly run: NewRun; readonly estimates: Estimates }) => {
  const state = estimates.of(run.preset);
  return (
    <Card
      number={1}
      title="Data"
      select={
        <Select
          label="Dataset"
          placeholder="Choose a dataset"
          value={run.dataset?.id ?? null}
          options={run.usable.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={run.setData}
        />
      }
      beside={<MixIn mixture={run.mixture} />}
    >
      {run.dataset ? (
        <DataFacts dataset={run.dataset} estimate={state.kind === 'ready' ? state.value : null} />
      ) : (
        <Note warn>{run.missing.data}</Note>
      )}
      <MixtureRows mixture={run.mixture} />
      <MixtureLeaks run={run} />
    </Card>
  );
};

const DataFacts = ({
  dataset,
  estimate,
}: {
  readonly dataset: Dataset;
  readonly estimate: Estimate | null;
}) => {
  const { problems } = problemAmounts(dataset.report);
  const version = useCurrentVersion(dataset);
  return (
    <>
      <p>
        {formatAmount(dataset.report?.usable_records ?? 0, 'usable record')}
        <span className="text-ink-2">{sizeWords(dataset, version)}</span>
      </p>
      <p className="min-h-4 text-xs text-ink-2">{estimate ? shareWords(estimate) : null}</p>
      {problems > 0 ? (
        <Note warn>{formatAmount(problems, 'problem')} in the file; what cannot be used is left out</Note>
      ) : (
        <Note>No problems in the file</Note>
      )}
      {estimate ? <Fate estimate={estimate} dataset={dataset} /> : null}
    </>
  );
};

/** What becomes of records that are too long; where some are refused, not all of those are cut. */
const Fate = ({ estimate, dataset }: { readonly estimate: Estimate; readonly dataset: Dataset }) => {
  const { refused, cut } = estimate;
  if (refused.length === 0) return cut ? <Note warn>{cutWords(cut)}</Note> : null;
  return refused.map(({ dataset: name, words }) => (
    <Note key={name} warn>
      {name === dataset.name ? words : `“${name}”: ${words}`}
    </Note>
  ));
};

const sizeWords = ({ total_tokens, file_size }: Dataset, version: number | null): string => {
  const tokens = total_tokens === null ? '' : `, ${formatAmount(total_tokens, 'token')}`;
  return `${tokens}, ${formatBytes(file_size)}${version === null ? '' : `, version ${formatCount(version)}`}`;
};

const shareWords = ({ train_records, held_out_records, tokens_per_epoch }: Estimate): string => {
  const tokens = tokens_per_epoch === null ? '' : `; ${formatAmount(tokens_per_epoch, 'token')} an epoch`;
  return `${formatCount(train_records)} train, ${formatCount(held_out_records)} held out${tokens}`;
};

export const ModelCard = ({ run }: { readonly run: NewRun }) => (
  <Card
    number={2}
    title="Base model"
    select={
      <Select
        label="Base model"
        placeholder="Choose a base model"
        value={run.model?.id ?? null}
        options={run.models.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={run.setModel}
      />
    }
  >
    {run.model ? <ModelFacts model={run.model} /> : <Note warn>{run.missing.model}</Note>}
  </Card>
);

const ModelFacts = ({ model }: { readonly model: BaseModel }) => (
  <>
    <p title={model.path}>
      {formatParameters(model.parameters)} parameters, {formatPrecision(model.dtype)}
      <span className="text-ink-2">
        , {formatBytes(model.size_bytes)}, {model.architecture}
      </span>
    </p>
    <p className="text-xs text-ink-2">
      fingerprint <span className="font-mono">{formatHash(model.fingerprint)}</span>
    </p>
    {model.has_chat_template ? (
      <Note>Has its own chat template</Note>
    ) : (
      <Note warn>No chat template: a plain one is used and exported with the adapter</Note>
    )}
  </>
);
