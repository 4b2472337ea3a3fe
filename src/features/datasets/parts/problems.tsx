import { CircleCheck } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { Badge } from '../../../components/badge';
import { Button } from '../../../components/button';
import { Select } from '../../../components/fields';
import { formatAmount, formatCount } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Pager } from '../../../components/pager';
import { Async, EmptyState } from '../../../components/states';
import { ANY_PROBLEM, PROBLEM_TYPES, ProblemType } from '../../../lib/types/dataset-records';
import type { DatasetProblem } from '../../../lib/types/dataset-records';
import type { Dataset } from '../../../lib/types/lora-training';
import { useLoad } from '../../../use-load';
import { errorWords, placeWords, problemWords } from '../dataset-words';

const LIMIT = 100;
const TONES = { error: 'bad', warning: 'warn', info: 'info' } as const;

export const Problems = ({ dataset }: { readonly dataset: Dataset }) => {
  const [type, setType] = useState<string>('all');
  const [offset, setOffset] = useState(0);
  const { state, reload } = useLoad(`${dataset.id} ${dataset.revision} ${type} ${offset}`, () =>
    api.datasets.problems({
      id: dataset.id,
      offset,
      limit: LIMIT,
      ...ANY_PROBLEM,
      type: ProblemType.safeParse(type).data ?? null,
    }),
  );
  const present = PROBLEM_TYPES.filter((known) =>
    dataset.report?.problems.some((problem) => problem.type === known),
  );
  const options = [
    { value: 'all', label: 'All problems' },
    ...present.map((value) => ({ value, label: problemWords(value) })),
  ];
  return (
    <Panel
      title="Problems"
      plain
      note="One bad line never loses the file; the others are used."
      actions={
        <Select
          small
          label="Kind of problem"
          value={type}
          options={options}
          onChange={(next) => {
            setType(next);
            setOffset(0);
          }}
        />
      }
    >
      <Async state={state} errorTitle="The problems cannot be read" onRetry={reload}>
        {({ total, problems }) =>
          total === 0 ? (
            <EmptyState icon={CircleCheck} title="No problems found">
              Every record of this file can be used as it is.
            </EmptyState>
          ) : (
            <>
              <ul aria-label="Problems">
                {problems.map((problem, index) => (
                  <ProblemRow key={`${problem.line} ${index}`} datasetId={dataset.id} problem={problem} />
                ))}
              </ul>
              <Pager
                label={formatAmount(total, 'problem')}
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

const ProblemRow = ({
  datasetId,
  problem,
}: {
  readonly datasetId: string;
  readonly problem: DatasetProblem;
}) => {
  const [raw, setRaw] = useState<string | null>(null);
  const show = async () => setRaw((await api.datasets.raw_line({ id: datasetId, line: problem.line })).text);
  return (
    <li className="border-b px-4 py-2 last:border-0">
      <div className="flex items-center gap-x-3 max-medium:flex-wrap">
        <span className="w-16 shrink-0 text-ink-3">
          {problem.line > 0 ? `line ${formatCount(problem.line)}` : 'file'}
        </span>
        <span className="w-36 shrink-0">
          <Badge tone={TONES[problem.severity]}>{problemWords(problem.type)}</Badge>
        </span>
        <span className="min-w-0 flex-1 break-words max-medium:order-last max-medium:basis-full">
          {errorWords(problem)}
        </span>
        <span aria-hidden className="medium:hidden max-medium:flex-1" />
        {problem.path ? (
          <span className="text-xs text-ink-3" title={problem.path}>
            {placeWords(problem.path)}
          </span>
        ) : null}
        {problem.line > 0 ? (
          <Button
            small
            look="plain"
            aria-expanded={raw !== null}
            onClick={() =>
              raw === null
                ? void attempt(`Line ${formatCount(problem.line)} cannot be shown`, show)
                : setRaw(null)
            }
          >
            {raw === null ? 'Show line' : 'Hide line'}
          </Button>
        ) : null}
      </div>
      {problem.suggestion ? (
        <p className="pl-58 text-xs text-ink-2 max-medium:pl-0">{problem.suggestion}</p>
      ) : null}
      {raw !== null ? (
        <pre
          tabIndex={0}
          aria-label={`Line ${problem.line}`}
          className="mt-2 max-h-40 overflow-auto rounded-md border bg-surface-0 p-2 font-mono text-mono whitespace-pre-wrap"
        >
          {raw}
        </pre>
      ) : null}
    </li>
  );
};
