import { Box } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../../api';
import { Button } from '../../../components/button';
import { Select } from '../../../components/fields';
import { formatCount } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Async, EmptyState } from '../../../components/states';
import type { BaseModel } from '../../../lib/types/base-model';
import type { Dataset } from '../../../lib/types/lora-training';
import { shownTurns } from '../../../lib/types/record-turns';
import type { RecordView } from '../../../lib/types/record-view';
import { useRows } from '../../../live-store';
import type { Loaded } from '../../../live-store';
import { baseModels } from '../../../stores';
import { useLoad } from '../../../use-load';
import { usePageKeys } from '../../../page-keys';
import { useLengths, usualLength } from '../use-numbers';
import { hasProblem, useFlags } from '../use-flags';
import { usePlaces } from '../use-places';
import { useProblemTexts } from '../use-problem-texts';
import { useRejected } from '../use-rejected';
import { useRecords } from '../use-records';
import type { IndexedRecord } from '../record-pages';
import { useWayfinding } from '../use-wayfinding';
import type { Wayfinding } from '../use-wayfinding';
import { MaxLength } from './max-length';
import { PackBorders } from './pack-borders';
import { RejectedLine } from './rejected-line';
import { RecordList } from './record-list';
import { TemplateView } from './template-view';
import { TokenStrip } from './token-strip';

export const ModelView = ({
  dataset,
  start,
}: {
  readonly dataset: Dataset;
  /** The record to begin with. */
  readonly start?: number | undefined;
}) => {
  const reader = useReader(dataset);
  const { model, maxLength } = reader;
  const places = usePlaces({ dataset, model, maxLength });
  const { rows: rejected, isCut } = useRejected(dataset);
  const flagged = useFlags(places, rejected);
  const lengths = useLengths(dataset, model, maxLength);
  const records = useRecords(dataset, { index: start, flagged, rejected });
  const ways = useWayfinding({ places, maxLength, records, flagged });
  usePageKeys({ j: ways.next, k: ways.previous, l: ways.nextCut, p: ways.nextProblem });
  const view = useView({ dataset, row: records.current, model, maxLength });
  const problems = useProblemTexts(dataset, hasProblem(flagged, records.current) ? records.current : null);
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3">
      {model && maxLength !== null ? (
        <TokenStrip dataset={dataset} model={model} maxLength={maxLength} tokens={tokensOf(view.state)} />
      ) : null}
      <div className="flex min-h-0 flex-1 gap-4 max-medium:flex-col">
        <RecordList
          records={records}
          flagged={flagged}
          lengths={lengths}
          foot={
            <>
              <MoreRejected isCut={isCut} shown={rejected.length} />
              <Ways ways={ways} canCut={maxLength !== null} />
            </>
          }
        />
        <Panel plain className="flex min-h-0 flex-1 flex-col">
          <div className="flex min-h-10 flex-wrap items-center gap-3 border-b px-4 py-1">
            <h2 className="font-semibold whitespace-nowrap">
              {records.current ? `Line ${formatCount(records.current.record.source_line)}` : 'Record'}
            </h2>
            <Legend />
            <ReaderChoice reader={reader} />
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto">
            {records.current?.rejected ? (
              <RejectedLine dataset={dataset} problem={records.current.rejected} />
            ) : model && records.current && maxLength !== null ? (
              <>
                <Async state={view.state} errorTitle="The record cannot be rendered" onRetry={view.reload}>
                  {(rendered) =>
                    rendered && (
                      <TemplateView
                        view={rendered}
                        record={`${dataset.id} ${String(records.current?.record.id)}`}
                        sought={{ query: records.query, problems, roles: rolesOf(records.current) }}
                      />
                    )
                  }
                </Async>
                <PackBorders
                  version={`${dataset.id} ${String(dataset.revision)}`}
                  request={{
                    id: dataset.id,
                    index: records.current.index,
                    base_model_id: model.id,
                    max_length: maxLength,
                  }}
                  onRecord={records.goTo}
                />
              </>
            ) : (
              <NoView reader={reader} />
            )}
          </div>
        </Panel>
      </div>
    </div>
  );
};

/** By which base model and up to which length the records are read: as a new run reads them, else as chosen. */
const useReader = (dataset: Dataset) => {
  const models = useRows(baseModels);
  const [modelId, setModelId] = useState<string | null>(null);
  const [chosen, setLength] = useState<number | null>(null);
  const model = models.find(({ id }) => id === modelId) ?? models[0];
  const { state, reload } = useLoad<number | null>(`${dataset.id} ${model?.id}`, () =>
    model ? usualLength(dataset, model) : Promise.resolve(null),
  );
  const usual = state.kind === 'ready' ? state.value : null;
  const maxLength = model && chosen !== null ? Math.min(chosen, longestOf(model)) : usual;
  return { models, model, setModelId, maxLength, setLength, state, reload };
};

type Reader = ReturnType<typeof useReader>;

const longestOf = ({ max_position_embeddings }: BaseModel): number => max_position_embeddings ?? Infinity;

const ReaderChoice = ({
  reader: { models, model, setModelId, maxLength, setLength },
}: {
  readonly reader: Reader;
}) => (
  <div className="ml-auto flex min-w-0 flex-wrap items-center gap-2">
    <Select
      small
      label="Base model"
      placeholder="No base model"
      value={model?.id ?? null}
      options={models.map(({ id, name }) => ({ value: id, label: name }))}
      onChange={setModelId}
    />
    {model && maxLength !== null ? <MaxLength model={model} value={maxLength} onChange={setLength} /> : null}
  </div>
);

const rolesOf = (row: IndexedRecord | null): readonly string[] =>
  row === null ? [] : shownTurns(row.record).map(({ name }) => name);

const tokensOf = (state: Loaded<RecordView | null>): number | null =>
  state.kind === 'ready' ? (state.value?.total_tokens ?? null) : null;

const MoreRejected = ({ isCut, shown }: { readonly isCut: boolean; readonly shown: number }) =>
  isCut ? (
    <p className="border-t px-3 py-2 text-xs text-ink-2">
      {`The first ${formatCount(shown)} lines that are left out stand here; Problems lists more of them.`}
    </p>
  ) : null;

/** The keys of this page, which work wherever the focus is. */
const Ways = ({ ways, canCut }: { readonly ways: Wayfinding; readonly canCut: boolean }) => (
  <div role="group" aria-label="Go to a record" className="flex flex-wrap justify-between border-t p-1">
    <Button small look="plain" shortcut="J" onClick={ways.next}>
      Next
    </Button>
    <Button small look="plain" shortcut="K" onClick={ways.previous}>
      Previous
    </Button>
    <Button
      small
      look="plain"
      shortcut="L"
      disabled={!canCut}
      aria-label="Next that is cut"
      onClick={ways.nextCut}
    >
      Cut
    </Button>
    <Button small look="plain" shortcut="P" aria-label="Next problem" onClick={ways.nextProblem}>
      Problem
    </Button>
    {/* Its line is kept: the list would shrink, and the row that was just reached go out of sight. */}
    <p role="status" className="min-h-5 basis-full px-2 pb-1 text-xs text-ink-2">
      {ways.says}
    </p>
  </div>
);

const Legend = () => (
  <p className="flex gap-3 text-xs text-ink-2">
    <span className="flex items-center gap-1.5">
      <span aria-hidden className="h-3 w-3.5 rounded-xs border-b-2 border-trained-line bg-trained-tint" />
      trained
    </span>
    <span className="flex items-center gap-1.5">
      <span aria-hidden className="h-3 w-3.5 rounded-xs border bg-surface-0" />
      context, not trained
    </span>
  </p>
);

const NoView = ({ reader: { model, state, reload } }: { readonly reader: Reader }) =>
  model ? (
    <Async state={state} errorTitle="Where a run would cut the record is not known" onRetry={reload}>
      {() => null}
    </Async>
  ) : (
    <EmptyState icon={Box} title="No base model to read it with">
      The text that a model sees depends on its template and tokenizer. Add a base model in Settings.
    </EmptyState>
  );

/** The record as a base model sees it; null while none is chosen. */
const useView = ({
  dataset,
  row,
  model,
  maxLength,
}: {
  readonly dataset: Dataset;
  readonly row: IndexedRecord | null;
  readonly model: BaseModel | undefined;
  readonly maxLength: number | null;
}) =>
  useLoad(`${dataset.id} ${dataset.revision} ${row?.index} ${model?.id} ${maxLength}`, () =>
    row && !row.rejected && model && maxLength !== null
      ? api.datasets.view({
          id: dataset.id,
          index: row.index,
          base_model_id: model.id,
          max_length: maxLength,
        })
      : Promise.resolve(null),
  );
