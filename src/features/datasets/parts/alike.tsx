import { CircleCheck } from 'lucide-react';
import { Badge } from '../../../components/badge';
import type { Column } from '../../../components/data-table';
import { formatAmount, formatCount, formatPercent } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Measured } from '../../../components/measured';
import type { DatasetSurvey, DuplicateGroup, LeakRow } from '../../../lib/types/dataset-numbers';
import { RecordTable } from './record-table';
import type { OnRecord } from './record-table';

interface AlikeProps {
  readonly survey: DatasetSurvey;
  readonly onRecord: OnRecord;
}

const None = ({ children }: { readonly children: string }) => (
  <p className="flex items-center gap-2 p-4 text-ink-2">
    <CircleCheck aria-hidden className="size-4 text-good" />
    {children}
  </p>
);

/** Where crowds are too large for each to be compared with each, that is said. */
const Unchecked = ({ count }: { readonly count: number }) =>
  count === 0 ? null : (
    <p className="border-t px-4 py-2 text-xs text-ink-2">
      {`${formatAmount(count, 'record')} shared a beginning of likeness with so many others that only the 32 likeliest were compared.`}
    </p>
  );

const PARTS = { first_user_message: 'First user message', answer: 'Answer' } as const;

const similarityColumn = <Row extends { readonly similarity: number }>(
  method: string | undefined,
): Column<Row> => ({
  key: 'similarity',
  head: 'Similarity',
  right: true,
  cell: ({ similarity }) => <span title={method}>{formatPercent(similarity)}</span>,
});

const leakColumns = (method: string | undefined): readonly Column<LeakRow>[] => [
  { key: 'line', head: 'Held-out line', right: true, cell: ({ held_out }) => formatCount(held_out.line) },
  { key: 'id', head: 'Held-out record', grow: true, cell: ({ held_out }) => held_out.record_id },
  { key: 'part', head: 'What is alike', cell: ({ part }) => PARTS[part] },
  { key: 'train', head: 'Trained line', right: true, cell: ({ train }) => formatCount(train.line) },
  similarityColumn(method),
];

export const Leakage = ({ survey, onRecord }: AlikeProps) => {
  const { leakage, methods } = survey;
  const split = `${formatCount(leakage.train)} to train, ${formatCount(leakage.held_out)} held out, seed ${leakage.seed}`;
  return (
    <Panel
      title="Leakage"
      plain
      note={split}
      beside={
        <Badge tone={leakage.records > 0 ? 'warn' : 'good'}>
          <Measured value={formatAmount(leakage.records, 'record')} method={methods['leakage']} />
        </Badge>
      }
    >
      {leakage.rows.length === 0 ? (
        <None>
          {leakage.held_out === 0
            ? 'Nothing is held out, so nothing can leak.'
            : 'No held-out record is like one that is trained.'}
        </None>
      ) : (
        <RecordTable
          label="Held-out records that are like trained ones"
          total={leakage.rows.length}
          rows={leakage.rows}
          columns={leakColumns(methods['leakage'])}
          recordOf={({ held_out }) => held_out}
          onRecord={onRecord}
        />
      )}
      <Unchecked count={leakage.unchecked} />
    </Panel>
  );
};

type Member = DuplicateGroup['members'][number] & { readonly first: number; readonly size: number };

const membersOf = ({ groups }: DatasetSurvey['duplicates']): Member[] =>
  groups.flatMap(({ members: [first, ...others], size }) =>
    first ? others.map((member) => ({ ...member, first: first.line, size })) : [],
  );

const duplicateColumns = (method: string | undefined): readonly Column<Member>[] => [
  { key: 'line', head: 'Line', right: true, cell: ({ line }) => formatCount(line) },
  { key: 'id', head: 'Record', grow: true, cell: ({ record_id }) => record_id },
  { key: 'first', head: 'Like line', right: true, cell: ({ first }) => formatCount(first) },
  { key: 'size', head: 'Records in the group', right: true, cell: ({ size }) => formatCount(size) },
  similarityColumn(method),
];

export const Duplicates = ({ survey, onRecord }: AlikeProps) => {
  const { duplicates, methods } = survey;
  const members = membersOf(duplicates);
  return (
    <Panel
      title="Duplicates"
      plain
      beside={
        <>
          <Badge tone={duplicates.exact > 0 ? 'warn' : 'good'}>
            <Measured value={`${formatCount(duplicates.exact)} exact`} method={methods['exact_duplicates']} />
          </Badge>
          <Badge tone={duplicates.near > 0 ? 'warn' : 'good'}>
            <Measured value={`${formatCount(duplicates.near)} near`} method={methods['near_duplicates']} />
          </Badge>
        </>
      }
    >
      {members.length === 0 ? (
        <None>No record repeats another.</None>
      ) : (
        <RecordTable
          label="Records that repeat another"
          total={duplicates.exact + duplicates.near}
          rows={members}
          columns={duplicateColumns(methods['near_duplicates'])}
          recordOf={(member) => member}
          onRecord={onRecord}
        />
      )}
      <Unchecked count={duplicates.unchecked} />
    </Panel>
  );
};
