import { useStore } from 'zustand';
import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { ProgressBar } from '../../../components/bars';
import { Button } from '../../../components/button';
import { formatBytes, formatCount, NOTHING } from '../../../components/format';
import { Facts, Panel } from '../../../components/layout';
import { Ago } from '../../../components/time';
import type { Dataset } from '../../../lib/types/lora-training';
import type { BaseModel } from '../../../lib/types/base-model';
import { useRows } from '../../../live-store';
import { baseModels, imports } from '../../../stores';
import { shapeWords } from '../../../lib/messages/dataset-formats';
import { importWords, phaseShare } from '../../import';
import { problemWords } from '../dataset-words';
import { useUsualStats } from '../use-numbers';
import { Readiness } from './readiness';
import type { Places } from './readiness';
import { FileText } from '../../../components/file-text';

const count = (value: number | null | undefined): string =>
  value === null || value === undefined ? NOTHING : formatCount(value);

export const Overview = ({ dataset, places }: { readonly dataset: Dataset; readonly places: Places }) => {
  const importing = dataset.status === 'uploading' || dataset.status === 'validating';
  return (
    <div className="grid grid-cols-1 gap-4 narrow:grid-cols-2">
      {importing ? <Importing dataset={dataset} /> : <Judged dataset={dataset} places={places} />}
      <Panel title="Records">
        <Facts rows={recordFacts(dataset.report)} />
      </Panel>
      <Panel title="File">
        <Facts rows={fileFacts(dataset)} />
      </Panel>
      {dataset.report ? (
        <Panel title="How it was read" className="narrow:col-span-2">
          <p className="max-w-[45rem] text-ink-2">
            <FileText>{dataset.report.reason}</FileText>
          </p>
          <ProblemCounts dataset={dataset} />
        </Panel>
      ) : null}
    </div>
  );
};

/** Tokens are only asked for where they were counted before: then the answer is kept. */
const Judged = ({ dataset, places }: { readonly dataset: Dataset; readonly places: Places }) => {
  const model = useRows(baseModels)[0];
  return dataset.total_tokens !== null && model ? (
    <JudgedByTokens dataset={dataset} model={model} places={places} />
  ) : (
    <Readiness dataset={dataset} cut={null} places={places} />
  );
};

const JudgedByTokens = ({
  dataset,
  model,
  places,
}: {
  readonly dataset: Dataset;
  readonly model: BaseModel;
  readonly places: Places;
}) => {
  const { state } = useUsualStats(dataset, model);
  return <Readiness dataset={dataset} cut={state.kind === 'ready' ? state.value : null} places={places} />;
};

const recordFacts = (report: Dataset['report']) =>
  [
    ['Read', count(report?.records_total)],
    ['Usable', count(report?.usable_records)],
    ['Left out', count(report?.rejected_records)],
    ...(report?.skipped_null_target
      ? [['Left out by a null answer', count(report.skipped_null_target)] as const]
      : []),
    ['Exact duplicates', count(report?.duplicates_exact)],
    ['Conversations', count(report?.conversations)],
  ] as const;

const fileFacts = (dataset: Dataset) =>
  [
    [
      'Name',
      <span key="name" className="font-mono text-mono" title={dataset.file_name}>
        {dataset.file_name}
      </span>,
    ],
    ['Size', formatBytes(dataset.file_size)],
    ['Shape', shapeWords(dataset) ?? NOTHING],
    ...(dataset.total_tokens === null ? [] : [['Tokens', count(dataset.total_tokens)] as const]),
    ['Turns a conversation', dataset.avg_turns_per_conversation?.toFixed(1) ?? NOTHING],
    ['Added', <Ago key="added" time={dataset.created_at} />],
  ] as const;

const Importing = ({ dataset }: { readonly dataset: Dataset }) => {
  const progress = useStore(imports, (all) => all.get(dataset.id));
  return (
    <Panel
      title="Importing"
      className="narrow:col-span-2"
      actions={
        <Button
          small
          onClick={() =>
            void attempt('The import goes on', () => api.datasets.cancel_import({ id: dataset.id }))
          }
        >
          Cancel import
        </Button>
      }
    >
      <ProgressBar label="Import" value={progress ? phaseShare(progress) * 100 : 0} />
      <p className="mt-2 text-xs text-ink-2">{progress ? importWords(progress) : 'Waits for its turn'}</p>
    </Panel>
  );
};

const ProblemCounts = ({ dataset }: { readonly dataset: Dataset }) => {
  const problems = dataset.report?.problems ?? [];
  const types = [...new Set(problems.map(({ type }) => type))];
  if (types.length === 0) return null;
  const total = dataset.report?.problems_total ?? 0;
  return (
    <p className="mt-2 text-ink-2">
      {total > problems.length
        ? `Among the first ${problems.length} of ${formatCount(total)} problems: `
        : 'Problems: '}
      {types
        .map((type) => `${problems.filter((problem) => problem.type === type).length} ${problemWords(type)}`)
        .join(', ')}
      .
    </p>
  );
};
