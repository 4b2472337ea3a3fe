import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { Button } from '../../../components/button';
import { DataTable } from '../../../components/data-table';
import type { Column } from '../../../components/data-table';
import { formatBytes, formatCount, NOTHING } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { AlertDialog } from '../../../components/overlays';
import { Async, EmptyState } from '../../../components/states';
import { Ago, useNow } from '../../../components/time';
import { DAYS_IN_BIN, purgeWords } from '../../../lib/messages/bin-words';
import type { Dataset } from '../../../lib/types/lora-training';
import { mapLoaded, useLive } from '../../../live-store';
import { binnedDatasets, datasets } from '../../../stores';
import { FileText } from '../../../components/file-text';

/** A cancelled import is told as deleted, and leaves nothing that could be restored. */
const isBinned = ({ deleted_at, status }: Dataset): boolean =>
  deleted_at !== null && status !== 'uploading' && status !== 'validating';

const newestFirst = (left: Dataset, right: Dataset): number =>
  (right.deleted_at ?? '').localeCompare(left.deleted_at ?? '');

/** What was deleted, the last first: back, or gone for good. */
export const DatasetBin = () => {
  const state = mapLoaded(useLive(binnedDatasets), (rows) =>
    [...rows.values()].filter(isBinned).sort(newestFirst),
  );
  return (
    <Async
      framed
      state={state}
      errorTitle="The bin cannot be read"
      onRetry={() => void binnedDatasets.reload()}
    >
      {(rows) => (
        <Panel plain>
          {rows.length === 0 ? (
            <EmptyState icon={Trash2} title="The bin is empty">
              {`Datasets that you delete are kept here for ${DAYS_IN_BIN} days, or until you remove them for good.`}
            </EmptyState>
          ) : (
            <DataTable label="Bin" columns={COLUMNS} rows={rows} rowKey={({ id }) => id} />
          )}
        </Panel>
      )}
    </Async>
  );
};

const COLUMNS: readonly Column<Dataset>[] = [
  {
    key: 'name',
    head: 'Name',
    grow: true,
    cell: ({ name }) => (
      <span className="font-medium">
        <FileText>{name}</FileText>
      </span>
    ),
  },
  {
    key: 'records',
    head: 'Records',
    right: true,
    cell: ({ report }) => (report ? formatCount(report.usable_records) : NOTHING),
  },
  { key: 'size', head: 'Size', right: true, cell: ({ file_size }) => formatBytes(file_size) },
  {
    key: 'deleted',
    head: 'Deleted',
    right: true,
    cell: ({ deleted_at }) => (deleted_at ? <Ago time={deleted_at} /> : NOTHING),
  },
  {
    key: 'purged',
    head: 'Purged',
    right: true,
    cell: ({ deleted_at }) => (deleted_at ? <Purged deletedAt={deleted_at} /> : NOTHING),
  },
  {
    key: 'actions',
    head: 'Actions',
    quiet: true,
    cell: (dataset) => <Actions dataset={dataset} />,
  },
];

const Purged = ({ deletedAt }: { readonly deletedAt: string }) => purgeWords(deletedAt, useNow());

const Actions = ({ dataset }: { readonly dataset: Dataset }) => {
  const [isAsking, setAsking] = useState(false);
  const { id, name } = dataset;
  const restore = async () => {
    const restored = await api.datasets.restore({ id });
    datasets.put(restored);
    binnedDatasets.put(restored);
  };
  const purge = () => api.datasets.purge({ id });
  return (
    <span className="inline-flex gap-2">
      <Button
        small
        aria-label={`Restore ${name}`}
        onClick={() => void attempt(`“${name}” was not restored`, restore)}
      >
        Restore
      </Button>
      <Button small look="plain" aria-label={`Delete ${name} for good`} onClick={() => setAsking(true)}>
        Delete for good…
      </Button>
      <AlertDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={`Delete “${name}” for good?`}
        confirm="Delete for good"
        onConfirm={() => void attempt(`“${name}” was not deleted`, purge)}
      >
        Its copy in the data folder goes, with all its versions. Your original file stays. A dataset that a
        run was made of cannot be deleted.
      </AlertDialog>
    </span>
  );
};
