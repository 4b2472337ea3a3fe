import { useState } from 'react';
import { useLocation } from 'wouter';
import { Button } from '../../../components/button';
import { DataTable, sortRows } from '../../../components/data-table';
import type { Column } from '../../../components/data-table';
import { formatAmount } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Dialog, Menu } from '../../../components/overlays';
import type { MenuAction } from '../../../components/overlays';
import { Pager } from '../../../components/pager';
import { useKeptSort, useKeptView } from '../../../kept-state';
import { readiness } from '../../../lib/training/readiness';
import type { Dataset } from '../../../lib/types/lora-training';
import { paths } from '../../../paths';
import { NO_FILTERS, filtered, formatWords, isFiltered, noMatchWords, tagsOf } from '../dataset-filters';
import type { Filters } from '../dataset-filters';
import { COLUMNS, filledColumns } from './dataset-columns';
import { FilterBar } from './dataset-filter-bar';
import { DeleteDataset } from './delete-dataset';
import { DescribeDataset } from './describe-dataset';

const PAGE = 100;
const NEWEST = { key: 'added', down: true };

/** The page of what the filters leave, sorted; null while the rows are read. */
const useFound = (rows: readonly Dataset[] | null) => {
  const [view, setView] = useKeptView('datasets', { filters: {}, offset: 0 });
  const [sort, setSort] = useKeptSort('datasets', NEWEST);
  const filters: Filters = { ...NO_FILTERS, ...view.filters };
  const found = rows && sortRows(filtered(rows, filters), COLUMNS, sort);
  const total = found?.length ?? 0;
  const first = view.offset < total ? view.offset : 0;
  return {
    filters,
    change: (changes: Partial<Filters>) => setView({ filters: { ...filters, ...changes }, offset: 0 }),
    sort,
    setSort: (next: typeof sort) => {
      setSort(next);
      setView({ ...view, offset: 0 });
    },
    page: found?.slice(first, first + PAGE) ?? null,
    total,
    first,
    setOffset: (offset: number) => setView({ ...view, offset }),
    none: found !== null && total === 0 && isFiltered(filters),
  };
};

interface Asked {
  readonly dataset: Dataset;
  readonly what: 'describe' | 'delete';
}

/** Null while the rows are read: search and heads stand already where they will. */
export const DatasetList = ({ rows }: { readonly rows: readonly Dataset[] | null }) => {
  const { filters, change, sort, setSort, page, total, first, setOffset, none } = useFound(rows);
  const [asked, setAsked] = useState<Asked | null>(null);
  const actionsOf = useActions(setAsked);
  return (
    <>
      <FilterBar
        filters={filters}
        tags={tagsOf(rows ?? [])}
        formats={formatWords(rows ?? [])}
        onChange={change}
      />
      <Panel plain>
        {none ? (
          <NoMatch filters={filters} onClear={() => change(NO_FILTERS)} />
        ) : (
          <DataTable
            label="Datasets"
            columns={[...filledColumns(rows), moreColumn(actionsOf)]}
            rows={page}
            rowKey={({ id }) => id}
            rowActions={actionsOf}
            sort={sort}
            onSort={setSort}
          />
        )}
        <Pages total={total} offset={first} onOffset={setOffset} />
      </Panel>
      <Dialogs asked={asked} onClose={() => setAsked(null)} />
    </>
  );
};

type ActionsOf = (dataset: Dataset) => readonly MenuAction[];

/** What can be done to a dataset, by its button and by a right click. */
const useActions = (ask: (asked: Asked) => void): ActionsOf => {
  const [, navigate] = useLocation();
  return (dataset) => [
    { label: 'Open', onSelect: () => navigate(paths.dataset(dataset.id)) },
    {
      label: 'New run',
      disabled: readiness(dataset).some(({ kind }) => kind === 'blocking'),
      onSelect: () => navigate(paths.newRunOn(dataset.id)),
    },
    { label: 'Name, description, tags…', onSelect: () => ask({ dataset, what: 'describe' }) },
    { label: 'Delete…', onSelect: () => ask({ dataset, what: 'delete' }) },
  ];
};

const moreColumn = (actionsOf: ActionsOf): Column<Dataset> => ({
  key: 'more',
  head: 'More',
  quiet: true,
  letters: 3,
  cell: (dataset) => (
    <span className="relative z-10">
      <Menu small label={`More about ${dataset.name}`} actions={actionsOf(dataset)} />
    </span>
  ),
});

const Dialogs = ({ asked, onClose }: { readonly asked: Asked | null; readonly onClose: () => void }) =>
  asked === null ? null : (
    <>
      <Dialog open={asked.what === 'describe'} onOpenChange={onClose} title="What this dataset is">
        <DescribeDataset dataset={asked.dataset} onDone={onClose} />
      </Dialog>
      <DeleteDataset dataset={asked.dataset} open={asked.what === 'delete'} onClose={onClose} />
    </>
  );

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

const NoMatch = ({ filters, onClear }: { readonly filters: Filters; readonly onClear: () => void }) => (
  <div className="flex items-center gap-3 p-4 text-ink-2">
    {noMatchWords(filters)}
    <Button small onClick={onClear}>
      Clear filter
    </Button>
  </div>
);
