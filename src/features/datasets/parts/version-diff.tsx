import { useState } from 'react';
import { api } from '../../../api';
import { Badge } from '../../../components/badge';
import type { Tone } from '../../../components/badge';
import { Segments } from '../../../components/fields';
import { capitalised, formatAmount, formatCount } from '../../../components/format';
import { Pager } from '../../../components/pager';
import { Async } from '../../../components/states';
import { changesIn, MAX_SHOWN_CHANGES } from '../../../lib/types/dataset-versions';
import type {
  ChangesPage,
  DatasetEdit,
  RecordChange,
  VersionDiff,
} from '../../../lib/types/dataset-versions';
import type { Dataset } from '../../../lib/types/lora-training';
import { changedTurns, splitChange } from '../../../lib/turn-changes';
import type { Split, TurnPair } from '../../../lib/turn-changes';
import { useChanges } from '../use-versions';
import type { Difference } from '../use-versions';
import { diffWords } from '../version-words';
import { FileText } from '../../../components/file-text';
import { visibleText } from '../../../lib/visible-text';

const LIMIT = 10;
const TONES: Record<RecordChange['change'], Tone> = { added: 'good', removed: 'bad', changed: 'info' };
const KINDS = ['changed', 'removed', 'added'] as const;

type Shown = 'all' | RecordChange['change'];

/** Which of the changes are looked at. */
const usePlace = () => {
  const [{ shown, offset }, setPlace] = useState<{ shown: Shown; offset: number }>({
    shown: 'all',
    offset: 0,
  });
  return {
    shown,
    offset,
    show: (next: Shown) => setPlace({ shown: next, offset: 0 }),
    setOffset: (next: number) => setPlace({ shown, offset: next }),
  };
};

/** What differs between two versions, by record: the figures first, then each record before and after. */
export const VersionDifference = ({
  datasetId,
  diff,
}: {
  readonly datasetId: string;
  readonly diff: VersionDiff & { readonly to: number };
}) => {
  const { from, to } = diff;
  const ask = (page: ChangesPage) => api.datasets.diff({ id: datasetId, from, to, ...page });
  return <Changes of={`${datasetId} ${from} ${to}`} known={diff} ask={ask} />;
};

/** The same of an edit that was only looked at. */
export const EditDifference = ({
  dataset: { id, revision },
  edit,
  diff,
}: {
  readonly dataset: Dataset;
  readonly edit: DatasetEdit;
  readonly diff: VersionDiff;
}) => (
  <Changes
    of={JSON.stringify([id, revision, edit])}
    known={diff}
    ask={(page) => api.datasets.preview_edit({ id, edit, ...page })}
  />
);

const Changes = (difference: Difference) => {
  const { known: diff } = difference;
  const { shown, offset, show, setOffset } = usePlace();
  // More than a page comes at once: turning it is immediate then, and a comparison reads both files.
  const first = offset - (offset % MAX_SHOWN_CHANGES);
  const page = { offset: first, limit: MAX_SHOWN_CHANGES, change: shown === 'all' ? null : shown };
  const { state, reload } = useChanges(difference, page);
  const total = shown === 'all' ? changesIn(diff) : diff[shown];
  return (
    <>
      <Figures diff={diff} shown={shown} onShown={show} />
      <Async state={state} errorTitle="These changes cannot be read" onRetry={reload} rows={LIMIT}>
        {(records) => <Rows rows={records.slice(offset - first, offset - first + LIMIT)} />}
      </Async>
      <Pager
        label={formatAmount(total, 'record')}
        total={total}
        offset={offset}
        limit={LIMIT}
        onOffset={setOffset}
      />
    </>
  );
};

const Figures = ({
  diff,
  shown,
  onShown,
}: {
  readonly diff: VersionDiff;
  readonly shown: Shown;
  readonly onShown: (next: Shown) => void;
}) => {
  const present = KINDS.filter((kind) => diff[kind] > 0);
  return (
    <div className="flex min-h-10 flex-wrap items-center gap-3 border-b px-4 py-1 text-ink-2">
      <p>{changesIn(diff) === 0 ? 'Both have the same records.' : `${capitalised(diffWords(diff))}.`}</p>
      {present.length > 1 ? (
        <span className="ml-auto">
          <Segments
            label="Kind of change"
            value={shown}
            options={[
              { value: 'all', label: 'All' },
              ...present.map((value) => ({ value, label: capitalised(value) })),
            ]}
            onChange={onShown}
          />
        </span>
      ) : null}
    </div>
  );
};

const Rows = ({ rows }: { readonly rows: readonly RecordChange[] }) => (
  <ul aria-label="Changed records">
    {rows.map((row) => (
      <ChangeRow key={`${row.change} ${row.record_id}`} row={row} />
    ))}
  </ul>
);

const ChangeRow = ({ row }: { readonly row: RecordChange }) => {
  const turns = changedTurns(row);
  const same = turns.filter(({ before, after }) => before === after).length;
  return (
    <li className="border-b px-4 py-2 last:border-0">
      <p className="flex items-center gap-3">
        <span className="w-16 shrink-0 text-ink-3">line {formatCount(row.source_line)}</span>
        <Badge tone={TONES[row.change]}>{row.change}</Badge>
        {row.as_read ? <span className="shrink-0 text-xs text-ink-3">left out before</span> : null}
        <span className="min-w-0 truncate font-mono text-mono text-ink-3" title={visibleText(row.record_id)}>
          <FileText>{row.record_id}</FileText>
        </span>
        {same > 0 ? (
          <span className="ml-auto shrink-0 text-xs text-ink-3">{formatAmount(same, 'part')} as before</span>
        ) : null}
      </p>
      <div className="mt-1 flex flex-col gap-1">
        {turns.map((pair, index) =>
          pair.before === pair.after ? null : <PairView key={index} pair={pair} />,
        )}
      </div>
    </li>
  );
};

const whole = (text: string): Split => ({ start: '', middle: text, end: '' });

const PairView = ({ pair: { name, before, after } }: { readonly pair: TurnPair }) => {
  const [old, young] =
    before !== null && after !== null
      ? splitChange(before, after)
      : [whole(before ?? ''), whole(after ?? '')];
  const isChanged = before !== null && after !== null;
  return (
    <div className="grid max-w-[60rem] grid-cols-[6.5rem_minmax(0,1fr)] gap-x-4">
      <p className="row-span-2 text-right text-xs font-medium">
        <FileText>{name}</FileText>
      </p>
      {before === null ? null : <Side sign="−" says="before" text={old} marks={isChanged} />}
      {after === null ? null : <Side sign="+" says="after" text={young} marks={isChanged} />}
    </div>
  );
};

const CONTEXT = 160;
const MOST_SHOWN = 600;

/** The beginning and the end of a long text say nothing about what changed in its middle. */
const lastOf = (text: string): string => (text.length > CONTEXT ? `…${text.slice(-CONTEXT)}` : text);
const firstOf = (text: string, most = CONTEXT): string =>
  text.length > most ? `${text.slice(0, most)}…` : text;

/** White space may be all that changed, so it is drawn. */
const drawn = (text: string): string =>
  text.replaceAll(' ', '·').replaceAll('\t', '⇥').replaceAll('\n', '⏎\n').replaceAll('\u00a0', '⍽');

const SIDES = {
  '−': { block: 'border-bad-fill', mark: 'bg-bad-tint text-bad' },
  '+': { block: 'border-good-fill', mark: 'bg-good-tint text-good' },
} as const;

const Side = ({
  sign,
  says,
  text: { start, middle, end },
  marks,
}: {
  readonly sign: keyof typeof SIDES;
  readonly says: string;
  readonly text: Split;
  readonly marks: boolean;
}) => (
  <p className={`col-start-2 flex min-w-0 gap-2 border-l-2 pl-2 font-mono text-mono ${SIDES[sign].block}`}>
    <span className="sr-only">{`${says}: `}</span>
    <span aria-hidden className="text-ink-3 select-none">
      {sign}
    </span>
    <bdi className="min-w-0 flex-1 break-words whitespace-pre-wrap">
      {visibleText(lastOf(start))}
      {middle === '' ? null : (
        <span className={marks ? SIDES[sign].mark : 'text-ink-2'}>
          {visibleText(firstOf(marks ? drawn(middle) : middle, MOST_SHOWN))}
        </span>
      )}
      {visibleText(firstOf(end))}
    </bdi>
  </p>
);
