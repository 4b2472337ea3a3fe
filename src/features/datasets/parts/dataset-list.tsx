import { useState } from 'react';
import { Link } from 'wouter';
import { useStore } from 'zustand';
import { Badge } from '../../../components/badge';
import { ProgressBar } from '../../../components/bars';
import { Button } from '../../../components/button';
import { DataTable, ROW_LINK, sortRows } from '../../../components/data-table';
import type { Column } from '../../../components/data-table';
import { SearchInput, Select } from '../../../components/fields';
import { formatAmount, formatBytes, formatCount, NOTHING } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Dialog, Menu } from '../../../components/overlays';
import { Pager } from '../../../components/pager';
import { Ago } from '../../../components/time';
import type { Dataset } from '../../../lib/types/lora-training';
import { useKeptSort } from '../../../kept-state';
import { paths } from '../../../paths';
import { imports } from '../../../stores';
import { ALL, KIND_WORDS, NO_FILTERS, STATE_WORDS, filtered, isFiltered, tagsOf } from '../dataset-filters';
import type { Filters } from '../dataset-filters';
import { shapeWords } from '../../../lib/messages/dataset-formats';
import { datasetState } from '../dataset-words';
import { DeleteDataset } from './delete-dataset';
import { DescribeDataset } from './describe-dataset';
import { FileText } from '../../../components/file-text';
import { visibleText } from '../../../components/visible-text';

const SHOWN_TAGS = 3;
const PAGE = 100;

const COLUMNS: readonly Column<Dataset>[] = [
  {
    key: 'name',
    head: 'Name',
    grow: true,
    order: ({ name }) => name.toLowerCase(),
    cell: ({ id, name }) => (
      <Link href={paths.dataset(id)} title={visibleText(name)} className={ROW_LINK}>
        <FileText>{name}</FileText>
      </Link>
    ),
  },
  {
    key: 'tags',
    head: 'Tags',
    cell: ({ tags }) =>
      tags.length === 0 ? null : (
        <span className="inline-flex gap-1">
          {tags.slice(0, SHOWN_TAGS).map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
          {tags.length > SHOWN_TAGS ? (
            <span className="text-xs text-ink-3">{`+${tags.length - SHOWN_TAGS}`}</span>
          ) : null}
        </span>
      ),
  },
  {
    key: 'shape',
    head: 'Shape',
    letters: 13,
    order: (dataset) => shapeWords(dataset) ?? '',
    cell: (dataset) => <span className="text-ink-2">{shapeWords(dataset) ?? NOTHING}</span>,
  },
  {
    key: 'records',
    head: 'Records',
    right: true,
    letters: 6,
    order: ({ report }) => report?.usable_records ?? -1,
    cell: ({ report }) => (report ? formatCount(report.usable_records) : NOTHING),
  },
  {
    key: 'tokens',
    head: 'Tokens',
    right: true,
    letters: 7,
    order: ({ total_tokens }) => total_tokens ?? -1,
    cell: ({ total_tokens }) =>
      total_tokens === null ? (
        <span title="Not counted yet for this version: its tab Tokens counts them.">{NOTHING}</span>
      ) : (
        <span title="All tokens of the version in use, by template and tokenizer of the base model that they were last counted with.">
          {formatCount(total_tokens)}
        </span>
      ),
  },
  {
    key: 'size',
    head: 'Size',
    right: true,
    letters: 7,
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
  { key: 'state', head: 'State', letters: 10, cell: (dataset) => <State dataset={dataset} /> },
  {
    key: 'more',
    head: 'More',
    quiet: true,
    letters: 3,
    cell: (dataset) => <RowMenu dataset={dataset} />,
  },
];

/** A column that nobody fills is none; until the rows are there, tokens are taken for counted. */
const filledColumns = (rows: readonly Dataset[] | null): readonly Column<Dataset>[] => {
  if (rows === null) return COLUMNS.filter(({ key }) => key !== 'tags');
  const isFilled: Readonly<Record<string, boolean>> = {
    tags: rows.some(({ tags }) => tags.length > 0),
    tokens: rows.some(({ total_tokens }) => total_tokens !== null),
  };
  return COLUMNS.filter(({ key }) => isFilled[key] ?? true);
};

const State = ({ dataset }: { readonly dataset: Dataset }) => {
  const progress = useStore(imports, (all) => all.get(dataset.id));
  const { words, tone } = datasetState(dataset);
  if (tone !== 'info' || !progress) return <Badge tone={tone}>{words}</Badge>;
  const done = progress.bytes_total > 0 ? (progress.bytes_done / progress.bytes_total) * 100 : 0;
  return (
    <span className="inline-flex items-center gap-2">
      <ProgressBar label={visibleText(`Import of ${dataset.name}`)} value={done} className="w-10" />
      {done.toFixed(0)} %
    </span>
  );
};

const RowMenu = ({ dataset }: { readonly dataset: Dataset }) => {
  const [open, setOpen] = useState<'describe' | 'delete' | null>(null);
  const close = () => setOpen(null);
  return (
    <span className="relative z-10">
      <Menu
        small
        label={`More about ${dataset.name}`}
        actions={[
          { label: 'Name, description, tags…', onSelect: () => setOpen('describe') },
          { label: 'Delete…', onSelect: () => setOpen('delete') },
        ]}
      />
      <Dialog open={open === 'describe'} onOpenChange={close} title="What this dataset is">
        <DescribeDataset dataset={dataset} onDone={close} />
      </Dialog>
      <DeleteDataset dataset={dataset} open={open === 'delete'} onClose={close} />
    </span>
  );
};

const NEWEST = { key: 'added', down: true };

/** The page of what the filters leave, sorted; null while the rows are read. */
const useFound = (rows: readonly Dataset[] | null) => {
  const [filters, setFilters] = useState(NO_FILTERS);
  const [offset, setOffset] = useState(0);
  const [sort, setSort] = useKeptSort('datasets', NEWEST);
  const found = rows && sortRows(filtered(rows, filters), COLUMNS, sort);
  const total = found?.length ?? 0;
  const first = offset < total ? offset : 0;
  return {
    filters,
    change: (changes: Partial<Filters>) => {
      setFilters({ ...filters, ...changes });
      setOffset(0);
    },
    sort,
    setSort,
    page: found?.slice(first, first + PAGE) ?? null,
    total,
    first,
    setOffset,
    none: found !== null && total === 0 && isFiltered(filters),
  };
};

/** Null while the rows are read: search and heads stand already where they will. */
export const DatasetList = ({ rows }: { readonly rows: readonly Dataset[] | null }) => {
  const { filters, change, sort, setSort, page, total, first, setOffset, none } = useFound(rows);
  const tags = tagsOf(rows ?? []);
  return (
    <>
      <FilterBar filters={filters} tags={tags} onChange={change} />
      <Panel plain>
        {none ? (
          <NoMatch query={filters.query} onClear={() => change(NO_FILTERS)} />
        ) : (
          <DataTable
            label="Datasets"
            columns={filledColumns(rows)}
            rows={page}
            rowKey={({ id }) => id}
            sort={sort}
            onSort={setSort}
          />
        )}
        <Pages total={total} offset={first} onOffset={setOffset} />
      </Panel>
    </>
  );
};

const Pages = ({
  total,
  offset,
  onOffset,
}: {
  readonly total: number;
  readonly offset: number;
  readonly onOffset: (offset: number) => void;
}) =>
  total > PAGE ? (
    <Pager
      label={formatAmount(total, 'dataset')}
      total={total}
      offset={offset}
      limit={PAGE}
      onOffset={onOffset}
    />
  ) : null;

const NoMatch = ({ query, onClear }: { readonly query: string; readonly onClear: () => void }) => (
  <div className="flex items-center gap-3 p-4 text-ink-2">
    {query === '' ? 'No dataset is like that.' : `No dataset has “${query}” in its name.`}
    <Button small onClick={onClear}>
      Clear filter
    </Button>
  </div>
);

const options = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }));

const FilterBar = ({
  filters,
  tags,
  onChange,
}: {
  readonly filters: Filters;
  readonly tags: readonly string[];
  readonly onChange: (changes: Partial<Filters>) => void;
}) => (
  <div className="flex shrink-0 flex-wrap items-center gap-3">
    <SearchInput
      label="Find a dataset"
      value={filters.query}
      onChange={(query) => onChange({ query })}
      className="w-72 max-w-full shrink-0"
    />
    <Select
      label="State"
      value={filters.state}
      options={options(STATE_WORDS)}
      onChange={(state) => onChange({ state })}
    />
    <Select
      label="Kind"
      value={filters.kind}
      options={options(KIND_WORDS)}
      onChange={(kind) => onChange({ kind })}
    />
    {tags.length > 0 ? (
      <Select
        label="Tag"
        value={filters.tag}
        options={[{ value: ALL, label: 'Any tag' }, ...tags.map((value) => ({ value, label: value }))]}
        onChange={(tag) => onChange({ tag })}
      />
    ) : null}
  </div>
);
