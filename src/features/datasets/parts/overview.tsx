import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useStore } from 'zustand';
import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { Badge } from '../../../components/badge';
import { ProgressBar } from '../../../components/bars';
import { Button } from '../../../components/button';
import { formatBytes, formatCount, NOTHING } from '../../../components/format';
import { Facts, Panel } from '../../../components/layout';
import { Measured } from '../../../components/measured';
import { showToast } from '../../../components/toasts';
import { Ago } from '../../../components/time';
import type { ProblemCount } from '../../../lib/types/dataset-records';
import type { Dataset } from '../../../lib/types/lora-training';
import type { BaseModel } from '../../../lib/types/base-model';
import { useRows } from '../../../live-store';
import { paths } from '../../../paths';
import { baseModels, datasets, imports } from '../../../stores';
import { shapeWords } from '../../../lib/messages/dataset-formats';
import { importWords, phaseShare } from '../../import';
import { problemWords } from '../dataset-words';
import { RECORD_METHODS } from '../record-methods';
import { useSurvey, useUsualStats } from '../use-numbers';
import { Readiness } from './readiness';
import type { Places } from './readiness';
import { FileText } from '../../../components/file-text';

const counted = (value: number | null | undefined, method: keyof typeof RECORD_METHODS): ReactNode =>
  value === null || value === undefined ? (
    NOTHING
  ) : (
    <Measured value={formatCount(value)} method={RECORD_METHODS[method]} />
  );

export const Overview = ({ dataset, places }: { readonly dataset: Dataset; readonly places: Places }) => {
  const importing = dataset.status === 'uploading' || dataset.status === 'validating';
  return (
    <div className="grid grid-cols-1 gap-4 narrow:grid-cols-2">
      <Description dataset={dataset} />
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

/** Tokens are only asked for where they were counted before: then the answer is kept, and that of a comparison beside it. */
const Judged = ({ dataset, places }: { readonly dataset: Dataset; readonly places: Places }) => {
  const model = useRows(baseModels)[0];
  return dataset.total_tokens !== null && model ? (
    <JudgedByTokens dataset={dataset} model={model} places={places} />
  ) : (
    <Readiness dataset={dataset} stats={null} places={places} />
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
  const { state: stats } = useUsualStats(dataset, model);
  const { state: survey } = useSurvey(dataset);
  return (
    <Readiness
      dataset={dataset}
      stats={stats.kind === 'ready' ? stats.value : null}
      survey={survey.kind === 'ready' ? survey.value : null}
      places={places}
    />
  );
};

type FactRow = readonly [string, ReactNode];

/** Only what there is of it. */
const leftOutFacts = (report: Dataset['report']): readonly FactRow[] => [
  ...(report?.excluded_records
    ? [['Excluded by hand', counted(report.excluded_records, 'excluded')] as const]
    : []),
  ...(report?.skipped_null_target
    ? [['Left out by a null answer', counted(report.skipped_null_target, 'nullAnswers')] as const]
    : []),
];

const recordFacts = (report: Dataset['report']): readonly FactRow[] => [
  ['Read', counted(report?.records_total, 'read')],
  ['Usable', counted(report?.usable_records, 'usable')],
  ['Left out', counted(report?.rejected_records, 'leftOut')],
  ...leftOutFacts(report),
  ['Exact duplicates', counted(report?.duplicates_exact, 'duplicates')],
  ['Conversations', counted(report?.conversations, 'conversations')],
  ...(report?.quality_mean === undefined
    ? []
    : [
        [
          'Quality, mean',
          <Measured key="quality" value={report.quality_mean.toFixed(2)} method={RECORD_METHODS.quality} />,
        ] as const,
      ]),
];

const fileFacts = (dataset: Dataset): readonly FactRow[] => [
  [
    'Name',
    <span key="name" className="font-mono text-mono" title={dataset.file_name}>
      {dataset.file_name}
    </span>,
  ],
  ['Size', formatBytes(dataset.file_size)],
  ['Shape', shapeWords(dataset) ?? NOTHING],
  ...(dataset.total_tokens === null ? [] : [['Tokens', counted(dataset.total_tokens, 'tokens')] as const]),
  ...(dataset.kind === 'text'
    ? []
    : [['Turns a conversation', <Turns key="turns" mean={dataset.avg_turns_per_conversation} />] as const]),
  ['Added', <Ago key="added" time={dataset.created_at} />],
];

const Turns = ({ mean }: { readonly mean: number | null }) =>
  mean === null ? NOTHING : <Measured value={mean.toFixed(1)} method={RECORD_METHODS.turns} />;

/** What its user says of it. */
const Description = ({ dataset: { description, tags } }: { readonly dataset: Dataset }) =>
  description === null && tags.length === 0 ? null : (
    <div className="flex flex-col gap-2 narrow:col-span-2">
      {description === null ? null : (
        <p className="max-w-[45rem] wrap-break-word whitespace-pre-line">
          <FileText>{description}</FileText>
        </p>
      )}
      {tags.length === 0 ? null : (
        <ul aria-label="Tags" className="flex flex-wrap gap-1">
          {tags.map((tag) => (
            <li key={tag}>
              <Badge>{tag}</Badge>
            </li>
          ))}
        </ul>
      )}
    </div>
  );

const Importing = ({ dataset }: { readonly dataset: Dataset }) => {
  const [, navigate] = useLocation();
  const cancel = async () => {
    await api.datasets.cancel_import({ id: dataset.id });
    // One that ended first is there, and its page shows it.
    const known = datasets.store.getState();
    const status = known.kind === 'ready' ? known.value.get(dataset.id)?.status : undefined;
    if (status === 'ready' || status === 'error') return;
    showToast('Import cancelled', 'Nothing was kept.');
    navigate(paths.datasets);
  };
  const progress = useStore(imports, (all) => all.get(dataset.id));
  return (
    <Panel
      title="Importing"
      className="narrow:col-span-2"
      actions={
        <Button small onClick={() => void attempt('The import goes on', cancel)}>
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
  const { report } = dataset;
  if (report === null || report.problems_total === 0) return null;
  const { problems, problems_total: total, problem_counts } = report;
  const isAll = problem_counts !== undefined || total <= problems.length;
  const counts = problem_counts ?? problems.map(({ type, severity }) => ({ type, severity, count: 1 }));
  const notes = counts.filter(({ severity }) => severity === 'info');
  const others = counts.filter(({ severity }) => severity !== 'info');
  const first = `Among the first ${problems.length} of ${formatCount(total)} problems`;
  return (
    <p className="mt-2 text-ink-2">
      {others.length > 0 ? `${isAll ? 'Problems' : first}: ${countedTypes(others)}. ` : null}
      {notes.length > 0 ? `Notes: ${countedTypes(notes)}.` : null}
    </p>
  );
};

const countedTypes = (counts: readonly Pick<ProblemCount, 'type' | 'count'>[]): string => {
  const byType = new Map<ProblemCount['type'], number>();
  for (const { type, count: more } of counts) byType.set(type, (byType.get(type) ?? 0) + more);
  return [...byType].map(([type, problems]) => `${formatCount(problems)} ${problemWords(type)}`).join(', ');
};
