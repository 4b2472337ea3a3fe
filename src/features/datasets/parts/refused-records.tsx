import { Button } from '../../../components/button';
import { formatAmount, formatCount } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Measured } from '../../../components/measured';
import { refusedOtherwise, refusedReason } from '../../../lib/messages/refused-words';
import type { BaseModel } from '../../../lib/types/base-model';
import type { DatasetStats } from '../../../lib/types/dataset-numbers';
import type { Edits } from '../use-edits';
import { RecordTable } from './record-table';
import type { OnRecord } from './record-table';

/** What a run with this base model refuses however long it may be, each with why. */
export const RefusedRecords = ({
  stats,
  model,
  edits,
  onRecord,
}: {
  readonly stats: DatasetStats;
  readonly model: BaseModel;
  readonly edits: Edits;
  readonly onRecord: OnRecord;
}) => {
  const total = refusedOtherwise(stats);
  if (total === 0) return null;
  const { max_length, methods, problems, too_long_rows } = stats;
  const tooLong = new Set(too_long_rows.map(({ index }) => index));
  const asked = { base_model_id: model.id, max_length, only: 'otherwise' } as const;
  return (
    <Panel
      title="Refused at any length"
      plain
      note={<Measured value={formatAmount(total, 'record')} method={methods['problems']} />}
      actions={
        <Button small onClick={() => void edits.askOverLimit(asked)}>
          {`Exclude all ${formatCount(total)} refused…`}
        </Button>
      }
    >
      <RecordTable
        label="Records that a run refuses at any length"
        total={total}
        rows={problems.filter(({ index }) => !tooLong.has(index))}
        recordOf={({ index, line, record_id }) => ({ index, line, record_id: record_id ?? '' })}
        onRecord={onRecord}
        columns={[
          { key: 'line', head: 'Line', right: true, cell: ({ line }) => formatCount(line) },
          { key: 'id', head: 'Record', cell: ({ record_id }) => record_id },
          { key: 'why', head: 'Why', grow: true, cell: refusedReason },
        ]}
      />
    </Panel>
  );
};
