import { Box, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../../../components/button';
import { Select } from '../../../components/fields';
import { FileText } from '../../../components/file-text';
import { formatCount, formatPercent } from '../../../components/format';
import { Histogram } from '../../../components/histogram';
import { Panel } from '../../../components/layout';
import { Measured, MeasuredFacts } from '../../../components/measured';
import type { MeasuredRow } from '../../../components/measured';
import { Async, EmptyState } from '../../../components/states';
import type { BaseModel } from '../../../lib/types/base-model';
import type { DatasetStats } from '../../../lib/types/dataset-numbers';
import type { SplitChoice } from '../../../lib/types/dataset-split';
import type { DatasetKind } from '../../../lib/types/dataset-records';
import type { Dataset } from '../../../lib/types/lora-training';
import { useRows } from '../../../live-store';
import { baseModels } from '../../../stores';
import { USUAL_SPLIT } from '../../../lib/training/settings';
import { overLimitRow, overLimitWords, tooLongWords } from '../over-limit-words';
import { useStats, useUsualLength } from '../use-numbers';
import { MAX_EDITED_RECORDS } from '../../../lib/types/dataset-versions';
import { refusedWords } from '../../../lib/messages/refused-words';
import type { Edits } from '../use-edits';
import { MaxLength } from './max-length';
import { Measuring } from './measuring';
import { RefusedRecords } from './refused-records';
import { lineColumn, RecordTable } from './record-table';
import type { OnRecord } from './record-table';
import { tooLongColumns } from './too-long-columns';
import { SplitPanel } from './split-panel';
import { Survey } from './survey';

interface TokensProps {
  readonly dataset: Dataset;
  readonly edits: Edits;
  readonly onRecord: OnRecord;
}

export const Tokens = ({ edits, onRecord }: Omit<TokensProps, 'dataset'>) => {
  const { dataset } = edits;
  const models = useRows(baseModels);
  const [modelId, setModelId] = useState<string | null>(null);
  const [split, setSplit] = useState<SplitChoice>(USUAL_SPLIT);
  const model = models.find(({ id }) => id === modelId) ?? models[0];
  return (
    <div className="flex flex-col gap-4">
      {model ? (
        <WithModel
          key={model.id}
          dataset={dataset}
          edits={edits}
          model={model}
          choice={<ModelChoice models={models} model={model} onChange={setModelId} />}
          onRecord={onRecord}
        />
      ) : (
        <Panel plain>
          <EmptyState icon={Box} title="No base model to count with">
            Tokens depend on a base model’s tokenizer and template. Add a base model in Settings.
          </EmptyState>
        </Panel>
      )}
      <SplitPanel dataset={dataset} split={split} onChange={setSplit} onRecord={onRecord} />
      <Survey dataset={dataset} split={split} onRecord={onRecord} />
    </div>
  );
};

const ModelChoice = ({
  models,
  model,
  onChange,
}: {
  readonly models: readonly BaseModel[];
  readonly model: BaseModel;
  readonly onChange: (id: string) => void;
}) => (
  <Select
    small
    label="Base model"
    value={model.id}
    options={models.map(({ id, name }) => ({ value: id, label: name }))}
    onChange={onChange}
  />
);

interface WithModelProps extends TokensProps {
  readonly model: BaseModel;
  readonly choice: ReactNode;
}

const WithModel = ({ dataset, edits, model, choice, onRecord }: WithModelProps) => {
  const { state, reload } = useUsualLength(dataset, model);
  const [length, setLength] = useState<number | null>(null);
  return (
    <Async state={state} errorTitle="The tokens are not counted" onRetry={reload} rows={5} framed>
      {(usual) => {
        const maxLength = length ?? usual;
        return (
          <Counted dataset={dataset} edits={edits} model={model} maxLength={maxLength} onRecord={onRecord}>
            {choice}
            <MaxLength model={model} value={maxLength} onChange={setLength} />
          </Counted>
        );
      }}
    </Async>
  );
};

const Counted = ({
  dataset,
  edits,
  model,
  maxLength,
  onRecord,
  children,
}: TokensProps & {
  readonly model: BaseModel;
  readonly maxLength: number;
  readonly children: ReactNode;
}) => {
  const { state, reload } = useStats(dataset, model, maxLength);
  return (
    <>
      {state.kind === 'ready' ? <RefusedNote words={refusedWords(state.value)} /> : null}
      <Panel title="Tokens a record" actions={children}>
        {state.kind === 'ready' ? (
          <Figures stats={state.value} kind={dataset.kind} />
        ) : (
          <p className="h-48 text-ink-2">By this base model’s own tokenizer and chat template.</p>
        )}
      </Panel>
      <Measuring datasetId={dataset.id} kind="stats" state={state} onRetry={reload}>
        {(stats) => (
          <>
            <RefusedRecords stats={stats} model={model} edits={edits} onRecord={onRecord} />
            <TooLong stats={stats} model={model} edits={edits} onRecord={onRecord} />
          </>
        )}
      </Measuring>
    </>
  );
};

/** What is ready by its file may still stop a run of this length. */
const RefusedNote = ({ words }: { readonly words: string | null }) =>
  words === null ? null : (
    <p role="note" className="flex items-start gap-2 rounded-md bg-bad-tint px-3 py-2 text-bad">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <FileText>{words}</FileText>
    </p>
  );

const rowsOf = (stats: DatasetStats, kind: DatasetKind): MeasuredRow[] => {
  const { methods } = stats;
  return [
    { label: 'Records', value: formatCount(stats.records), method: methods['tokens'] },
    { label: 'Tokens', value: formatCount(stats.total_tokens), method: methods['tokens'] },
    {
      label: 'Trained',
      value: `${formatCount(stats.trained_tokens)}${stats.total_tokens > 0 ? ` (${formatPercent(stats.trained_tokens / stats.total_tokens)})` : ''}`,
      method: methods['trained_tokens'],
    },
    {
      label: 'Shortest, median',
      value: `${formatCount(stats.min)}, ${formatCount(stats.median)}`,
      method: methods['spread'],
    },
    {
      label: 'p95, longest',
      value: `${formatCount(stats.p95)}, ${formatCount(stats.max)}`,
      method: methods['spread'],
    },
    overLimitRow(stats, kind),
    {
      label: 'Tokens a turn',
      value: stats.avg_tokens_per_turn === null ? '—' : stats.avg_tokens_per_turn.toFixed(1),
      method: methods['avg_tokens_per_turn'],
    },
    {
      label: 'Refused',
      value: (
        <span className={stats.problems_total > 0 ? 'font-medium text-bad' : undefined}>
          {formatCount(stats.problems_total)}
        </span>
      ),
      method: methods['problems'],
    },
  ];
};

const Figures = ({ stats, kind }: { readonly stats: DatasetStats; readonly kind: DatasetKind }) => {
  const over = overLimitWords(stats, kind);
  return (
    <div className="grid gap-6 narrow:grid-cols-[20rem_1fr]">
      <MeasuredFacts rows={rowsOf(stats, kind)} />
      <Histogram
        label="Tokens a record"
        summary={`Tokens a record: median ${formatCount(stats.median)}, 95 % up to ${formatCount(stats.p95)}, longest ${formatCount(stats.max)}; at max length ${formatCount(stats.max_length)}, ${over}.`}
        bins={stats.histogram}
        unit="tokens"
        limit={
          stats.max > stats.max_length
            ? {
                at: stats.max_length,
                label: `max length ${formatCount(stats.max_length)}, ${over}`,
                isLoss: kind !== 'text',
              }
            : undefined
        }
        className="h-48"
      />
    </div>
  );
};

/** Those that a run refuses can be left out without those that it only cuts. */
const ExcludeOver = ({ stats, model, edits }: Omit<TooLongProps, 'onRecord'>) => {
  const { over_limit, cut_records, max_length } = stats;
  const refused = over_limit - cut_records;
  const most = Math.min(over_limit, MAX_EDITED_RECORDS);
  const all = `Exclude ${most < over_limit ? 'the first' : 'all'} ${formatCount(most)} over the limit…`;
  const asked = { base_model_id: model.id, max_length };
  return (
    <>
      {refused > 0 && cut_records > 0 && most === over_limit ? (
        <Button small onClick={() => void edits.askOverLimit({ ...asked, only: 'refused' })}>
          {`Exclude ${formatCount(refused)} refused…`}
        </Button>
      ) : null}
      <Button small onClick={() => void edits.askOverLimit({ ...asked, only: null })}>
        {all}
      </Button>
    </>
  );
};

interface TooLongProps {
  readonly stats: DatasetStats;
  readonly model: BaseModel;
  readonly edits: Edits;
  readonly onRecord: OnRecord;
}

const TooLong = ({ stats, model, edits, onRecord }: TooLongProps) =>
  stats.over_limit === 0 ? null : (
    <Panel
      title="Over the limit"
      plain
      note={<Measured value={tooLongWords(stats, edits.dataset.kind)} method={stats.methods['over_limit']} />}
      actions={<ExcludeOver stats={stats} model={model} edits={edits} />}
    >
      <RecordTable
        label="Records over the limit"
        total={stats.over_limit}
        rows={stats.too_long_rows}
        recordOf={(row) => row}
        onRecord={onRecord}
        columns={[
          lineColumn(),
          { key: 'id', head: 'Record', grow: true, cell: ({ record_id }) => record_id },
          { key: 'tokens', head: 'Tokens', right: true, cell: ({ tokens }) => formatCount(tokens) },
          ...tooLongColumns(edits.dataset.kind, stats.max_length),
        ]}
      />
    </Panel>
  );
