import type { Column } from '../../../components/data-table';
import { formatCount, NOTHING } from '../../../components/format';
import type { DatasetStats } from '../../../lib/types/dataset-numbers';
import type { DatasetKind } from '../../../lib/types/dataset-records';
import { windowsOf } from '../over-limit-words';

type TooLongColumn = Column<DatasetStats['too_long_rows'][number]>;

const TURNS_DROPPED: TooLongColumn = {
  key: 'turns',
  head: 'Turns dropped',
  right: true,
  cell: ({ dropped_turns, refused }) => (refused ? NOTHING : formatCount(dropped_turns)),
};

const LOST_COLUMNS: readonly TooLongColumn[] = [
  TURNS_DROPPED,
  {
    key: 'lost',
    head: 'Trained tokens lost',
    right: true,
    cell: ({ lost_trained_tokens, refused }) =>
      refused ? <span className="text-bad">refused</span> : formatCount(lost_trained_tokens),
  },
];

/** A side that does not fit even with its last question alone is why a run refuses the whole record. */
const sideColumn = (side: number, head: string, limit: number): TooLongColumn => ({
  key: `side-${String(side)}`,
  head,
  right: true,
  cell: ({ sides, refused }) => {
    const { tokens, lost_tokens } = sides[side] ?? { tokens: 0, lost_tokens: 0 };
    if (refused && tokens > limit)
      return <span className="text-bad">{`${formatCount(tokens)}, refused`}</span>;
    return lost_tokens === 0
      ? formatCount(tokens)
      : `${formatCount(tokens)}, ${formatCount(lost_tokens)} cut`;
  },
});

const windowColumns = (length: number): readonly TooLongColumn[] => [
  {
    key: 'windows',
    head: 'Windows',
    right: true,
    cell: ({ tokens }) => formatCount(windowsOf(tokens, length)),
  },
];

/** What becomes of a record that is too long, by what it is learnt from. */
export const tooLongColumns = (kind: DatasetKind, length: number): readonly TooLongColumn[] => {
  switch (kind) {
    case 'text':
      return windowColumns(length);
    case 'preference':
      return [TURNS_DROPPED, sideColumn(0, 'Chosen', length), sideColumn(1, 'Rejected', length)];
    case 'kto':
      return [TURNS_DROPPED, sideColumn(0, 'Answer', length)];
    case 'sft':
      return LOST_COLUMNS;
  }
};
