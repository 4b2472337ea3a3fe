import { useState } from 'react';
import { Button } from '../../../components/button';
import { DataTable } from '../../../components/data-table';
import type { Column } from '../../../components/data-table';
import { formatAmount, formatCount } from '../../../components/format';
import { Pager } from '../../../components/pager';
import type { RecordRow } from '../../../lib/types/dataset-numbers';

const LIMIT = 10;

export type OnRecord = (index: number) => void;

export const lineColumn = <Row extends RecordRow>(head = 'Line'): Column<Row> => ({
  key: 'line',
  head,
  right: true,
  cell: ({ line }) => formatCount(line),
});

/** Records of a list, a page at a time, each with the way to what the model sees of it. */
export const RecordTable = <Row,>({
  label,
  total,
  rows,
  columns,
  recordOf,
  onRecord,
}: {
  readonly label: string;
  /** Also of those that are not listed. */
  readonly total: number;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly recordOf: (row: Row) => RecordRow;
  readonly onRecord: OnRecord;
}) => {
  const [offset, setOffset] = useState(0);
  const show: Column<Row> = {
    key: 'show',
    head: 'What the model sees',
    quiet: true,
    right: true,
    cell: (row) => (
      <Button
        small
        look="plain"
        aria-label={`Show line ${formatCount(recordOf(row).line)} as the model sees it`}
        onClick={() => onRecord(recordOf(row).index)}
      >
        Show
      </Button>
    ),
  };
  return (
    <>
      <div className="overflow-x-auto">
        <DataTable
          label={label}
          columns={[...columns, show]}
          rows={rows.slice(offset, offset + LIMIT)}
          rowKey={(row) => `${recordOf(row).index} ${rows.indexOf(row)}`}
        />
      </div>
      <Pager
        of={label}
        label={
          total > rows.length
            ? `The first ${formatCount(rows.length)} of ${formatCount(total)}`
            : formatAmount(total, 'record')
        }
        total={rows.length}
        offset={offset}
        limit={LIMIT}
        onOffset={setOffset}
      />
    </>
  );
};
