import { Database, FlaskConical, Upload } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useStore } from 'zustand';
import { Badge } from '../../components/badge';
import { ProgressBar } from '../../components/bars';
import { Button } from '../../components/button';
import { DataTable, ROW_LINK, sortRows } from '../../components/data-table';
import type { Column } from '../../components/data-table';
import { SearchInput } from '../../components/fields';
import { formatAmount, formatBytes, formatCount, NOTHING } from '../../components/format';
import { Page, Panel } from '../../components/layout';
import { Async, EmptyState } from '../../components/states';
import { Ago } from '../../components/time';
import type { Dataset } from '../../lib/types/lora-training';
import { mapLoaded, useLive } from '../../live-store';
import { useKeptSort } from '../../kept-state';
import { paths } from '../../paths';
import { datasets, imports } from '../../stores';
import { FORMAT_WORDS, datasetState } from './dataset-words';
import { chooseAndImport } from '../import';
import { importSample } from './import-files';

export const DatasetsPage = () => {
  const [, navigate] = useLocation();
  const all = mapLoaded(useLive(datasets), (rows) =>
    [...rows.values()].filter(({ deleted_at }) => deleted_at === null),
  );
  const usable =
    all.kind === 'ready' ? all.value.reduce((sum, { report }) => sum + (report?.usable_records ?? 0), 0) : 0;
  return (
    <Page
      title="Datasets"
      note={
        all.kind === 'ready' && all.value.length > 0
          ? `${formatAmount(all.value.length, 'dataset')}, ${formatCount(usable)} usable records`
          : null
      }
      actions={
        <Button look="filled" icon={Upload} shortcut="O" onClick={() => void chooseAndImport(navigate)}>
          Import
        </Button>
      }
    >
      <Async
        framed
        state={all}
        skeleton={<DatasetList rows={null} />}
        errorTitle="The list of datasets cannot be read"
        onRetry={() => void datasets.reload()}
      >
        {(rows) => (rows.length === 0 ? <NoDatasets /> : <DatasetList rows={rows} />)}
      </Async>
    </Page>
  );
};

const NoDatasets = () => {
  const [, navigate] = useLocation();
  return (
    <Panel plain>
      <EmptyState
        icon={Database}
        title="No datasets yet"
        actions={
          <>
            <Button icon={Upload} onClick={() => void chooseAndImport(navigate)}>
              Choose files…
            </Button>
            <Button look="plain" icon={FlaskConical} onClick={() => void importSample(navigate)}>
              Use the bundled sample
            </Button>
          </>
        }
      >
        A dataset is a file of examples that a model learns from: conversations, questions with answers, or
        plain text. It is copied into the data folder and never leaves this machine.
      </EmptyState>
      <p className="-mt-6 px-12 pb-10 text-ink-2">Or drop files anywhere in this window.</p>
    </Panel>
  );
};

const COLUMNS: readonly Column<Dataset>[] = [
  {
    key: 'name',
    head: 'Name',
    grow: true,
    order: ({ name }) => name.toLowerCase(),
    cell: ({ id, name }) => (
      <Link href={paths.dataset(id)} title={name} className={ROW_LINK}>
        {name}
      </Link>
    ),
  },
  {
    key: 'shape',
    head: 'Shape',
    order: ({ format }) => format,
    cell: ({ report }) => (
      <span className="text-ink-2">{report?.format ? FORMAT_WORDS[report.format] : NOTHING}</span>
    ),
  },
  {
    key: 'records',
    head: 'Records',
    right: true,
    order: ({ report }) => report?.usable_records ?? -1,
    cell: ({ report }) => (report ? formatCount(report.usable_records) : NOTHING),
  },
  {
    key: 'size',
    head: 'Size',
    right: true,
    order: ({ file_size }) => file_size,
    cell: ({ file_size }) => formatBytes(file_size),
  },
  {
    key: 'added',
    head: 'Added',
    right: true,
    order: ({ created_at }) => created_at,
    cell: ({ created_at }) => <Ago time={created_at} />,
  },
  { key: 'state', head: 'State', cell: (dataset) => <State dataset={dataset} /> },
];

const State = ({ dataset }: { readonly dataset: Dataset }) => {
  const progress = useStore(imports, (all) => all.get(dataset.id));
  const { words, tone } = datasetState(dataset);
  if (tone !== 'info' || !progress) return <Badge tone={tone}>{words}</Badge>;
  const done = progress.bytes_total > 0 ? (progress.bytes_done / progress.bytes_total) * 100 : 0;
  return (
    <span className="inline-flex items-center gap-2">
      <ProgressBar label={`Import of ${dataset.name}`} value={done} className="w-10" />
      {done.toFixed(0)} %
    </span>
  );
};

const NEWEST = { key: 'added', down: true };

/** Null while the rows are read: search and heads stand already where they will. */
const DatasetList = ({ rows }: { readonly rows: readonly Dataset[] | null }) => {
  const [query, setQuery] = useState('');
  const [sort, setSort] = useKeptSort('datasets', NEWEST);
  const found = rows?.filter(({ name, file_name }) =>
    `${name} ${file_name}`.toLowerCase().includes(query.toLowerCase()),
  );
  return (
    <>
      <SearchInput
        label="Find a dataset"
        value={query}
        onChange={setQuery}
        className="w-72 max-w-full shrink-0"
      />
      <Panel plain>
        {found?.length === 0 ? (
          <div className="flex items-center gap-3 p-4 text-ink-2">
            No dataset has “{query}” in its name.
            <Button small onClick={() => setQuery('')}>
              Clear filter
            </Button>
          </div>
        ) : (
          <DataTable
            label="Datasets"
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
