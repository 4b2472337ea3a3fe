import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Select } from '../../../components/fields';
import {
  formatAmount,
  formatBytes,
  formatCount,
  formatHash,
  formatParameters,
} from '../../../components/format';
import type { BaseModel } from '../../../lib/types/base-model';
import type { Dataset } from '../../../lib/types/lora-training';
import type { NewRun } from '../use-new-run';

export const Numbered = ({ number, title }: { readonly number: number; readonly title: string }) => (
  <div className="flex items-center gap-2">
    <span
      aria-hidden
      className="flex size-5 items-center justify-center rounded-full bg-active text-xs font-medium text-ink-2"
    >
      {number}
    </span>
    <h2 className="font-semibold">{title}</h2>
  </div>
);

const Card = ({
  number,
  title,
  select,
  children,
}: {
  readonly number: number;
  readonly title: string;
  readonly select: ReactNode;
  readonly children: ReactNode;
}) => (
  <section aria-label={title} className="flex min-w-0 flex-col gap-1 rounded-lg border bg-surface-2 p-4 pt-3">
    <div className="flex items-center justify-between gap-3">
      <Numbered number={number} title={title} />
      <div className="max-w-64 min-w-0">{select}</div>
    </div>
    {children}
  </section>
);

export const DataCard = ({ run, dataset }: { readonly run: NewRun; readonly dataset: Dataset }) => {
  const problems = dataset.report?.problems_total ?? 0;
  return (
    <Card
      number={1}
      title="Data"
      select={
        <Select
          small
          label="Dataset"
          value={dataset.id}
          options={run.usable.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={run.setData}
        />
      }
    >
      <p className="truncate text-md font-semibold" title={dataset.name}>
        {dataset.name}
      </p>
      <p className="text-xs text-ink-2">
        {formatAmount(dataset.report?.usable_records ?? 0, 'usable record')}
        {dataset.total_tokens === null ? '' : `, ${formatCount(dataset.total_tokens)} tokens`}.{' '}
        {formatBytes(dataset.file_size)}.
      </p>
      {problems > 0 ? (
        <Note warn>{formatAmount(problems, 'problem')} in the file; what cannot be used is left out</Note>
      ) : (
        <Note>Every record can be used</Note>
      )}
    </Card>
  );
};

export const ModelCard = ({ run, model }: { readonly run: NewRun; readonly model: BaseModel }) => (
  <Card
    number={2}
    title="Base model"
    select={
      <Select
        small
        label="Base model"
        value={model.id}
        options={run.models.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={run.setModel}
      />
    }
  >
    <p className="truncate text-md font-semibold" title={model.path}>
      {model.name}{' '}
      <span className="font-normal text-ink-2">
        {formatParameters(model.parameters)} parameters, {model.dtype}
      </span>
    </p>
    <p className="text-xs text-ink-2">
      {formatBytes(model.size_bytes)}, {model.architecture}, fingerprint{' '}
      <span className="font-mono">{formatHash(model.fingerprint)}</span>
    </p>
    {model.has_chat_template ? (
      <Note>Has its own chat template</Note>
    ) : (
      <Note warn>No chat template: a plain one is used and exported with the adapter</Note>
    )}
  </Card>
);

const Note = ({ warn, children }: { readonly warn?: boolean; readonly children: ReactNode }) => {
  const Icon = warn ? TriangleAlert : CircleCheck;
  return (
    <p className={`flex items-center gap-2 text-xs ${warn ? 'text-warn' : 'text-good'}`}>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      <span className="truncate">{children}</span>
    </p>
  );
};
