import { CircleCheck, Download, Wrench } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { Button } from '../../../components/button';
import { SearchInput, Segments, Select } from '../../../components/fields';
import { formatCount } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Pager } from '../../../components/pager';
import { Async, EmptyState } from '../../../components/states';
import { showToast } from '../../../components/toasts';
import { problemAmountWords, unkeptWords } from '../../../lib/messages/problem-amounts';
import { ANY_PROBLEM, PROBLEM_TYPES, ProblemType } from '../../../lib/types/dataset-records';
import type { ProblemFilter } from '../../../lib/types/dataset-records';
import type { Dataset } from '../../../lib/types/lora-training';
import { useLoad } from '../../../use-load';
import { filterWords, listedWords, problemWords } from '../dataset-words';
import type { Edits } from '../use-edits';
import { ProblemRow } from './problem-row';

const LIMIT = 100;
const ALL = 'all';
const SEVERITIES = [
  { value: ALL, label: 'All' },
  { value: 'error', label: 'Errors' },
  { value: 'warning', label: 'Warnings' },
  { value: 'info', label: 'Notes' },
] as const;

interface ProblemsProps {
  readonly edits: Edits;
  /** What to begin with. */
  readonly start?: Partial<ProblemFilter>;
  readonly onExcluded: () => void;
}

export const Problems = ({ edits, start, onExcluded }: ProblemsProps) => {
  const { dataset } = edits;
  const [filter, setFilter] = useState<ProblemFilter>({ ...ANY_PROBLEM, ...start });
  const [offset, setOffset] = useState(0);
  const request = { id: dataset.id, offset, limit: LIMIT, ...filter };
  const { state, reload } = useLoad(JSON.stringify([request, dataset.revision]), () =>
    api.datasets.problems(request),
  );
  const change = (part: Partial<ProblemFilter>) => {
    setFilter({ ...filter, ...part });
    setOffset(0);
  };
  return (
    <Panel
      title="Problems"
      note={problemAmountWords(dataset.report)}
      plain
      actions={<Actions edits={edits} filter={filter} />}
    >
      <Filters edits={edits} filter={filter} onChange={change} />
      <OfExcluded count={dataset.report?.excluded_records ?? 0} onShow={onExcluded} />
      <Async state={state} errorTitle="The problems cannot be read" onRetry={reload}>
        {({ total, problems }) =>
          total === 0 ? (
            <NoProblems filter={filter} onClear={() => change(ANY_PROBLEM)} />
          ) : (
            <>
              <ul aria-label="Problems">
                {problems.map((problem, index) => (
                  <ProblemRow key={`${problem.line} ${index}`} edits={edits} problem={problem} />
                ))}
              </ul>
              <Pager
                label={listedWords(total, filter, dataset.report)}
                total={total}
                offset={offset}
                limit={LIMIT}
                onOffset={setOffset}
              />
            </>
          )
        }
      </Async>
    </Panel>
  );
};

/** Nobody trains on them, so what is odd about them is no problem; but whoever looks for it should know. */
const OfExcluded = ({ count, onShow }: { readonly count: number; readonly onShow: () => void }) =>
  count === 0 ? null : (
    <p className="flex min-h-10 items-center gap-3 border-b px-4 text-ink-2">
      {count === 1
        ? 'Problems of the record that was excluded are not among these.'
        : `Problems of the ${formatCount(count)} records that were excluded are not among these.`}
      <Button small className="ml-auto" onClick={onShow}>
        Show the excluded
      </Button>
    </p>
  );

const Actions = ({ edits, filter }: { readonly edits: Edits; readonly filter: ProblemFilter }) => {
  const { id, report, training_ready } = edits.dataset;
  const save = () =>
    attempt('The list of problems was not saved', async () => {
      const path = await api.desktop.save_problems({ id, ...filter });
      if (path !== null) showToast('Saved', [path, unkeptWords(report)].filter(Boolean).join('. '));
    });
  return (
    <>
      <Button small icon={Wrench} disabled={!training_ready} onClick={() => edits.ask('fixes')}>
        Safe fixes…
      </Button>
      <Button
        small
        icon={Download}
        disabled={(report?.problems_total ?? 0) === 0}
        title="As CSV, with what the list shows"
        onClick={() => void save()}
      >
        Save the list…
      </Button>
    </>
  );
};

/** Why no record is left to exclude; null where there is one, or where that is not known. */
const useNoneInUse = (
  { id, revision, training_ready, report }: Dataset,
  problem: ProblemFilter,
): string | null => {
  const total = report?.problems_total ?? 0;
  const isAsked = training_ready && total > 0;
  const { state } = useLoad(JSON.stringify([id, revision, isAsked && problem]), async () =>
    isAsked ? (await api.datasets.record_ids({ id, query: '', problem })).ids.length : 0,
  );
  if (total === 0) return 'No record has a problem.';
  if (!training_ready) return 'No record is in use.';
  return state.kind === 'ready' && state.value === 0
    ? 'None of these records is in use: all are left out already.'
    : null;
};

const Filters = ({
  edits,
  filter,
  onChange,
}: {
  readonly edits: Edits;
  readonly filter: ProblemFilter;
  readonly onChange: (part: Partial<ProblemFilter>) => void;
}) => {
  const { report } = edits.dataset;
  const none = useNoneInUse(edits.dataset, filter);
  const present = PROBLEM_TYPES.filter((known) =>
    // Of many problems the report knows the first hundred: then every type is offered.
    (report?.problems_total ?? 0) > (report?.problems.length ?? 0)
      ? true
      : report?.problems.some(({ type }) => type === known),
  );
  return (
    <div className="flex flex-wrap items-center gap-2 border-b p-2 pr-4">
      <SearchInput
        label="Line or words"
        value={filter.query}
        onChange={(query) => onChange({ query })}
        className="w-64"
      />
      <Select
        label="Kind of problem"
        value={filter.type ?? ALL}
        options={[
          { value: ALL, label: 'All kinds' },
          ...present.map((value) => ({ value, label: problemWords(value) })),
        ]}
        onChange={(next) => onChange({ type: ProblemType.safeParse(next).data ?? null })}
      />
      <Segments
        label="Severity"
        value={filter.severity ?? ALL}
        options={SEVERITIES}
        onChange={(next) => onChange({ severity: next === ALL ? null : next })}
      />
      <Button
        small
        className="ml-auto"
        disabled={none !== null}
        title={none ?? undefined}
        onClick={() =>
          void edits.askFitting({ query: '', problem: filter, which: `${filterWords(filter)}.` })
        }
      >
        Exclude these records…
      </Button>
    </div>
  );
};

const NoProblems = ({ filter, onClear }: { readonly filter: ProblemFilter; readonly onClear: () => void }) =>
  filter.type === null && filter.severity === null && filter.query.trim() === '' ? (
    <EmptyState icon={CircleCheck} title="No problems found">
      Every record of this file can be used as it is.
    </EmptyState>
  ) : (
    <div className="flex items-center gap-3 p-4 text-ink-2">
      No problem fits this filter.
      <Button small onClick={onClear}>
        Clear filter
      </Button>
    </div>
  );
