import { Box, FlaskConical, Plus } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { TONE_TEXT } from '../../components/badge';
import { Button } from '../../components/button';
import { DataTable, ROW_LINK, sortRows } from '../../components/data-table';
import type { Column } from '../../components/data-table';
import { SearchInput, Segments } from '../../components/fields';
import { formatAmount, formatBytes, formatChange, NOTHING } from '../../components/format';
import { Page, Panel } from '../../components/layout';
import { Async, EmptyState } from '../../components/states';
import { Ago } from '../../components/time';
import type { ModelArtifact } from '../../lib/types/model-artifact';
import { mapLoaded, useLive } from '../../live-store';
import type { Loaded } from '../../live-store';
import { useKeptSort } from '../../kept-state';
import { paths } from '../../paths';
import { models } from '../../stores';
import { useAction } from '../../use-load';
import { startTryIt, verdictOf } from '../jobs';
import { FileText } from '../../components/file-text';
import { visibleText } from '../../lib/visible-text';
import { PutAway } from './parts/put-away';

const COLUMNS: readonly Column<ModelArtifact>[] = [
  {
    key: 'name',
    head: 'Name',
    grow: true,
    order: ({ name }) => name.toLowerCase(),
    cell: ({ id, name }) => (
      <Link href={paths.model(id)} title={visibleText(name)} className={ROW_LINK}>
        <FileText>{name}</FileText>
      </Link>
    ),
  },
  {
    key: 'version',
    head: 'Version',
    letters: 5,
    order: ({ version }) => Number.parseInt(version, 10),
    cell: ({ version }) => <span className="text-ink-2">{version}</span>,
  },
  {
    key: 'base',
    head: 'Base model',
    letters: 20,
    order: ({ training_summary }) => training_summary.base_model_name,
    cell: ({ training_summary }) => training_summary.base_model_name,
  },
  { key: 'verdict', head: 'Held-out data', letters: 28, cell: (model) => <Verdict model={model} /> },
  {
    key: 'change',
    head: 'Change',
    right: true,
    letters: 7,
    order: changeOf,
    cell: ({ quality_metrics: { base_validation_loss: before, final_validation_loss: after } }) =>
      before === null || after === null ? NOTHING : formatChange(before, after),
  },
  {
    key: 'size',
    head: 'Size',
    right: true,
    letters: 7,
    order: sizeOf,
    cell: (model) => formatBytes(sizeOf(model)),
  },
  {
    key: 'made',
    head: 'Made',
    right: true,
    order: ({ created_at }) => created_at,
    cell: ({ created_at }) => <Ago time={created_at} />,
  },
];

function sizeOf({ artifacts }: ModelArtifact): number {
  return artifacts.reduce((sum, { size_bytes }) => sum + size_bytes, 0);
}

/** As a share of the base model's loss; what was not measured comes after all that was. */
function changeOf({ quality_metrics: quality }: ModelArtifact): number {
  const { base_validation_loss: before, final_validation_loss: after } = quality;
  return before === null || after === null ? Infinity : (after - before) / before;
}

/** The head of the column says of what data. */
const Verdict = ({ model }: { readonly model: ModelArtifact }) => {
  const { kind, words, method, figures, tone } = verdictOf(model);
  return (
    <span title={`${words}, ${figures}. ${method}`}>
      <span className={TONE_TEXT[tone]}>{words.replace(' on held-out data', '')}</span>{' '}
      {kind === 'too_few' ? null : <span className="text-ink-2">{figures}</span>}
    </span>
  );
};

const PLACES = [
  { value: 'kept', label: 'Kept' },
  { value: 'away', label: 'Put away' },
] as const;

export const ModelsPage = () => {
  const [place, setPlace] = useState<(typeof PLACES)[number]['value']>('kept');
  const state = mapLoaded(useLive(models), (rows) =>
    [...rows.values()].filter(({ deleted_at }) => deleted_at === null),
  );
  return (
    <Page
      title="Models"
      note={
        state.kind === 'ready' && state.value.length > 0 ? formatAmount(state.value.length, 'adapter') : null
      }
      actions={<Segments label="Which models" value={place} options={PLACES} onChange={setPlace} />}
    >
      {place === 'away' ? <PutAway /> : <Kept state={state} />}
    </Page>
  );
};

const Kept = ({ state }: { readonly state: Loaded<readonly ModelArtifact[]> }) => (
  <Async
    framed
    state={state}
    skeleton={<List rows={null} />}
    errorTitle="The list of models cannot be read"
    onRetry={() => void models.reload()}
  >
    {(rows) => (rows.length === 0 ? <NoModels /> : <List rows={rows} />)}
  </Async>
);

const NoModels = () => {
  const [, navigate] = useLocation();
  const action = useAction();
  return (
    <Panel plain>
      <EmptyState
        icon={Box}
        title="No models yet"
        actions={
          <>
            <Button icon={Plus} onClick={() => navigate(paths.newRun)}>
              New run
            </Button>
            <Button
              look="plain"
              icon={FlaskConical}
              busy={action.busy !== null}
              onClick={() => action.run('try', () => startTryIt(navigate))}
            >
              Try it with the bundled sample
            </Button>
          </>
        }
      >
        A model is the adapter that a run leaves, with its files, their checksums and the verdict on held-out
        data. It can be exported and used in any program that loads PEFT adapters.
      </EmptyState>
    </Panel>
  );
};

const NEWEST = { key: 'made', down: true };

/** Null while the rows are read: search and heads stand already where they will. */
const List = ({ rows }: { readonly rows: readonly ModelArtifact[] | null }) => {
  const [query, setQuery] = useState('');
  const [sort, setSort] = useKeptSort('models', NEWEST);
  const found = rows?.filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()));
  return (
    <>
      <SearchInput
        label="Find a model"
        value={query}
        onChange={setQuery}
        className="w-72 max-w-full shrink-0"
      />
      <Panel plain>
        {found?.length === 0 ? (
          <p className="flex items-center gap-3 p-4 text-ink-2">
            No model has “{query}” in its name.
            <Button small onClick={() => setQuery('')}>
              Clear filter
            </Button>
          </p>
        ) : (
          <DataTable
            label="Models"
            columns={COLUMNS}
            rows={found ? sortRows(found, COLUMNS, sort) : null}
            rowKey={({ id }) => id}
            sort={sort}
            onSort={setSort}
          />
        )}
      </Panel>
    </>
  );
};
