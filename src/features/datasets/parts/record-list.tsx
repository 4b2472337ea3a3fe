import { Check, ListFilter } from 'lucide-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { Badge } from '../../../components/badge';
import { Button } from '../../../components/button';
import { classNames } from '../../../components/class-names';
import { SearchInput } from '../../../components/fields';
import { formatAmount, formatCount, NOTHING } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Pager } from '../../../components/pager';
import { Async } from '../../../components/states';
import { lineSought } from '../../../lib/line-sought';
import type { CanonicalRecord } from '../../../lib/types/dataset-records';
import { shownTurns } from '../../../lib/types/record-turns';
import { recordTitle } from '../record-title';
import { flagWords, isGrave } from '../use-flags';
import type { Flag, Flagged } from '../use-flags';
import type { Marks } from '../use-marks';
import { PAGE_OF_RECORDS } from '../record-pages';
import type { IndexedRecord } from '../record-pages';
import type { Records } from '../use-records';
import { FileText } from '../../../components/file-text';

/** Counted as the overview does: a system prompt is nobody’s turn. */
const turnsOf = (record: CanonicalRecord): number =>
  shownTurns(record).filter(({ name }) => name !== 'system').length;

export const RecordList = ({
  records,
  marks,
  flagged,
  lengths,
  head,
  elsewhere,
  foot,
}: {
  readonly records: Records;
  /** Where several can be marked. */
  readonly marks?: Marks;
  /** Where the list leads to what there is something to say of. */
  readonly flagged?: Flagged;
  /** Tokens of each record by its place, where the list is of tokens. */
  readonly lengths?: readonly number[];
  readonly head?: ReactNode;
  /** What a search found that is not in this list. */
  readonly elsewhere?: ReactNode;
  readonly foot?: ReactNode;
}) => (
  <Panel
    plain
    className="flex min-h-0 w-[21.25rem] flex-col broad:w-120 max-medium:max-h-60 max-medium:w-full"
  >
    <div className="flex flex-col gap-2 border-b p-2">
      {head}
      <div className="flex items-center gap-2">
        <SearchInput
          small
          label="Line or words"
          value={records.query}
          onChange={records.search}
          className="min-w-0 flex-1"
        />
        {flagged ? <Filter records={records} flagged={flagged} /> : null}
      </div>
      {elsewhere}
    </div>
    <div className="min-h-0 flex-1 overflow-y-auto">
      <Async state={records.state} errorTitle="The records cannot be read" onRetry={records.reload}>
        {({ total, records: rows }) =>
          total === 0 ? (
            <p className="p-4 text-ink-2">{emptyWords(records)}</p>
          ) : (
            <Rows rows={rows} records={records} marks={marks} flagged={flagged} lengths={lengths} />
          )
        }
      </Async>
    </div>
    {foot}
    {records.state.kind === 'ready' ? (
      <Pager
        label={formatAmount(records.state.value.total, 'record')}
        total={records.state.value.total}
        offset={records.offset}
        limit={PAGE_OF_RECORDS}
        onOffset={records.setOffset}
      />
    ) : null}
  </Panel>
);

/** Nothing to press where nothing is flagged. */
const Filter = ({ records, flagged }: { readonly records: Records; readonly flagged: Flagged }) =>
  flagged.indexes.length === 0 && !records.isFiltered ? null : (
    <Button
      small
      icon={ListFilter}
      aria-pressed={records.isFiltered}
      title="Cut, left out, with a problem, or the same as an earlier one"
      className={classNames(records.isFiltered && 'bg-selected')}
      onClick={() => records.filter(!records.isFiltered)}
    >
      {formatCount(flagged.indexes.length)} marked
    </Button>
  );

const KINDS_OF_LIST = { used: 'record in use', excluded: 'excluded record' } as const;

const emptyWords = ({ query, side, isFiltered }: Records): string => {
  const line = lineSought(query);
  if (line !== null)
    return `No ${KINDS_OF_LIST[side]} begins on line ${formatCount(line)}. To find ${query.trim()} in texts, put it in quotes.`;
  if (isFiltered) return query ? `No marked record holds “${query}”.` : 'No record is marked.';
  if (side === 'excluded') return query ? `No excluded record holds “${query}”.` : 'No record was excluded.';
  return query ? `No record holds “${query}”.` : 'No usable record.';
};

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };

interface RowsProps {
  readonly rows: readonly IndexedRecord[];
  readonly records: Records;
  readonly marks?: Marks;
  readonly flagged?: Flagged;
  readonly lengths?: readonly number[];
}

const Rows = ({ rows, records, marks, flagged, lengths }: RowsProps) => {
  const onKeyDown = (event: KeyboardEvent<HTMLUListElement>) => {
    const step = STEPS[event.key];
    if (step !== undefined) records.move(step);
    else if (event.key === 'Home' || event.key === 'End') records.toEnd(event.key);
    else if (event.key === ' ' && marks && records.current) marks.toggle(records.current.record.id);
    else return;
    event.preventDefault();
  };
  return (
    <ul
      role="listbox"
      aria-label="Records"
      tabIndex={0}
      data-passes-keys
      aria-activedescendant={`record-${records.current?.index}`}
      onKeyDown={onKeyDown}
      className="focus-visible:-outline-offset-2"
    >
      {rows.map((row) => (
        <Row
          key={row.index}
          row={row}
          isCurrent={row.index === records.current?.index}
          isExcluded={records.side === 'excluded'}
          marks={marks}
          flags={flagged?.of.get(row.index)}
          tokens={lengths?.[row.index]}
          onChoose={() => records.choose(row.index)}
        />
      ))}
    </ul>
  );
};

interface RowProps {
  readonly row: IndexedRecord;
  readonly isCurrent: boolean;
  readonly isExcluded: boolean;
  readonly marks?: Marks;
  readonly flags?: readonly Flag[];
  readonly tokens?: number;
  readonly onChoose: () => void;
}

const Row = ({
  row: { index, record, rejected },
  isCurrent,
  isExcluded,
  marks,
  flags = [],
  tokens,
  onChoose,
}: RowProps) => (
  <li
    id={`record-${index}`}
    role="option"
    aria-selected={isCurrent}
    aria-checked={marks?.ids.has(record.id)}
    ref={isCurrent ? showRow : undefined}
    onClick={onChoose}
    className={classNames(
      // Most of a page's hundred rows are out of sight: they need no layout until they come.
      'flex h-10 [content-visibility:auto] cursor-default items-center gap-2 border-b border-l-2 pr-2 pl-2.5',
      isCurrent ? 'border-l-accent bg-selected' : 'border-l-transparent hover:bg-hover',
    )}
  >
    {marks ? <Mark isMarked={marks.ids.has(record.id)} onToggle={() => marks.toggle(record.id)} /> : null}
    <span className="min-w-8 shrink-0 text-xs text-ink-3 tabular-nums">
      {formatCount(record.source_line)}
    </span>
    <span className={classNames('min-w-0 flex-1 truncate', isExcluded && 'text-ink-2')}>
      <FileText>{recordTitle(record)}</FileText>
    </span>
    <Flagging flags={flags} />
    {isExcluded ? (
      <Badge tone="warn">excluded</Badge>
    ) : (
      <Length record={record} tokens={rejected ? null : tokens} />
    )}
  </li>
);

/** The gravest, and on hover all of them. */
const Flagging = ({ flags: [first, ...more] }: { readonly flags: readonly Flag[] }) =>
  first === undefined ? null : (
    <span title={[first, ...more].map(flagWords).join(', ')}>
      <Badge tone={isGrave(first) ? 'bad' : 'warn'}>{flagWords(first)}</Badge>
    </span>
  );

/** In tokens where they are counted, else in turns; null where a run sees nothing of it. */
const Length = ({
  record,
  tokens,
}: {
  readonly record: CanonicalRecord;
  readonly tokens: number | null | undefined;
}) => (
  <span className="shrink-0 text-xs text-ink-3 tabular-nums">
    {typeof tokens === 'number' ? (
      <span title={formatAmount(tokens, 'token')}>
        {formatCount(tokens)}
        <span className="sr-only"> tokens</span>
      </span>
    ) : tokens === null ? (
      NOTHING
    ) : (
      formatAmount(turnsOf(record), 'turn')
    )}
  </span>
);

const showRow = (row: HTMLLIElement | null): void => row?.scrollIntoView({ block: 'nearest' });

/** For the pointer; the keyboard marks with the space bar, and the row itself says that it is marked. */
const Mark = ({ isMarked, onToggle }: { readonly isMarked: boolean; readonly onToggle: () => void }) => (
  <span
    aria-hidden
    data-mark
    onClick={onToggle}
    className={classNames(
      'flex size-4 shrink-0 items-center justify-center rounded-xs border',
      isMarked ? 'border-accent bg-accent text-accent-contrast' : 'border-line-control',
    )}
  >
    {isMarked ? <Check className="size-3" /> : null}
  </span>
);
