import { Play } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { api } from '../../../api';
import { Button } from '../../../components/button';
import { DataTable } from '../../../components/data-table';
import type { Column } from '../../../components/data-table';
import { Input, Select } from '../../../components/fields';
import type { Option } from '../../../components/fields';
import { formatAmount, formatCount, formatPercent } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Measured } from '../../../components/measured';
import { Pager } from '../../../components/pager';
import { Async } from '../../../components/states';
import { USUAL_SPLIT } from '../../../lib/training/settings';
import type { SplitChoice, SplitView } from '../../../lib/types/dataset-split';
import type { Dataset } from '../../../lib/types/lora-training';
import { paths } from '../../../paths';
import { useLoad } from '../../../use-load';
import { RECORD_METHODS } from '../record-methods';
import { lineColumn, RecordTable } from './record-table';
import type { OnRecord } from './record-table';

const SHARES = [0, 0.05, 0.1, 0.2, 0.3] as const;
const STRATIFY: readonly Option<SplitChoice['stratify']>[] = [
  { value: 'auto', label: 'Spread over strata' },
  { value: 'off', label: 'Not spread' },
];
const MAX_SEED = 2_147_483_647;

interface SplitProps {
  readonly dataset: Dataset;
  readonly split: SplitChoice;
  readonly onChange: (split: SplitChoice) => void;
  readonly onRecord: OnRecord;
}

/** Which records a run would hold out; share, strata and seed can be tried, and taken into the run. */
export const SplitPanel = ({ dataset, split, onChange, onRecord }: SplitProps) => {
  const [, navigate] = useLocation();
  const { id, validated_at, training_ready } = dataset;
  const { state, reload } = useLoad<SplitView>(JSON.stringify([id, validated_at, split]), () =>
    api.datasets.split({ id, ...split }),
  );
  return (
    <Panel
      title="Split"
      plain
      note={state.kind === 'ready' ? <SidesNote view={state.value} /> : null}
      actions={
        <>
          <Select
            small
            label="Held out"
            value={String(split.share)}
            options={SHARES.map((share) => ({
              value: String(share),
              label: share === 0 ? 'Nothing held out' : `${formatPercent(share, 0)} held out`,
            }))}
            onChange={(share) => onChange({ ...split, share: Number(share) })}
          />
          <Select
            small
            label="Strata"
            disabled={split.share === 0 || (state.kind === 'ready' && state.value.strata.length === 0)}
            value={split.stratify}
            options={STRATIFY}
            onChange={(stratify) => onChange({ ...split, stratify })}
          />
          <Seed key={split.seed} seed={split.seed} onChange={(seed) => onChange({ ...split, seed })} />
          <Button small icon={Play} disabled={!training_ready} onClick={() => navigate(runPath(id, split))}>
            New run with it
          </Button>
        </>
      }
    >
      <Async state={state} errorTitle="The split cannot be made" onRetry={reload} rows={3}>
        {(view) => <Sides view={view} onRecord={onRecord} />}
      </Async>
    </Panel>
  );
};

const SidesNote = ({ view: { train, held_out } }: { readonly view: SplitView }) => (
  <>
    <Measured value={`${formatCount(train)} to train`} method={RECORD_METHODS.train} />
    {', '}
    <Measured value={`${formatCount(held_out)} held out`} method={RECORD_METHODS.heldOut} />
  </>
);

/** Where nothing is held out there is nothing to spread, and a run refuses to be told so. */
const runPath = (id: string, { share, seed, stratify }: SplitChoice): string =>
  paths.newRunSplit(id, { share, seed, stratify: share > 0 ? stratify : USUAL_SPLIT.stratify });

/** Taken when it is left or entered: every seed makes another split. */
const Seed = ({ seed, onChange }: { readonly seed: number; readonly onChange: (seed: number) => void }) => {
  const [text, setText] = useState(String(seed));
  const take = () => {
    const next = /^\d{1,10}$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (next <= MAX_SEED && next !== seed) onChange(next);
    else setText(String(seed));
  };
  return (
    <label className="flex items-center gap-2 text-ink-2">
      Seed
      <Input
        small
        inputMode="numeric"
        className="w-24 text-right tabular-nums"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take();
        }}
      />
    </label>
  );
};

type Stratum = SplitView['strata'][number];

const KINDS = { persona: 'Persona', arc: 'Arc', topic: 'Topic' } as const;

const columnsOf = (isSplit: boolean): readonly Column<Stratum>[] => [
  { key: 'kind', head: 'Divided by', cell: ({ kind }) => KINDS[kind] },
  { key: 'value', head: 'Value', grow: true, cell: ({ value }) => value.replaceAll('_', ' ') },
  { key: 'train', head: 'To train', right: true, cell: ({ train }) => formatCount(train) },
  {
    key: 'held_out',
    head: 'Held out',
    right: true,
    // Nothing will tell how well the model does there.
    cell: ({ held_out }) =>
      isSplit && held_out === 0 ? <span className="text-warn">none held out</span> : formatCount(held_out),
  },
  {
    key: 'share',
    head: 'Share',
    right: true,
    cell: ({ train, held_out }) => formatPercent(held_out / Math.max(1, train + held_out)),
  },
];

const STRATA_SHOWN = 12;

const StrataTable = ({ view: { strata, held_out } }: { readonly view: SplitView }) => {
  const [offset, setOffset] = useState(0);
  return (
    <div className="border-b">
      <DataTable
        label="How each stratum is divided"
        columns={columnsOf(held_out > 0)}
        rows={strata.slice(offset, offset + STRATA_SHOWN)}
        rowKey={({ kind, value }) => `${kind} ${value}`}
      />
      <Pager
        of="how each stratum is divided"
        label={formatAmount(strata.length, 'value')}
        total={strata.length}
        offset={offset}
        limit={STRATA_SHOWN}
        onOffset={setOffset}
      />
    </div>
  );
};

const spreadWords = ({ strata, stratify }: SplitView): string => {
  if (strata.length === 0) return '. No record names a persona, an arc or a topic to spread them over';
  return stratify === 'auto'
    ? ', spread evenly over the personas, the arcs and the topics'
    : ', wherever they stand among the personas, arcs and topics';
};

const Sides = ({ view, onRecord }: { readonly view: SplitView; readonly onRecord: OnRecord }) => (
  <>
    <p className="border-b px-4 py-2 text-ink-2">
      {`Whole conversations are held out, those with the same first question together${spreadWords(view)}; the seed decides which. A run keeps their ids.`}
    </p>
    {view.strata.length > 0 ? <StrataTable key={view.seed} view={view} /> : null}
    {view.held_out === 0 ? (
      <p className="p-4 text-ink-2">
        Nothing is held out, so nothing will tell whether the model got better.
      </p>
    ) : (
      <RecordTable
        label="Held-out records"
        total={view.held_out}
        rows={view.rows}
        columns={[
          { key: 'id', head: 'Held-out record', grow: true, cell: ({ record_id }) => record_id },
          lineColumn(),
        ]}
        recordOf={(row) => row}
        onRecord={onRecord}
      />
    )}
  </>
);
