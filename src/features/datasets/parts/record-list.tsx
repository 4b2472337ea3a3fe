import { useState } from 'react';
import type { KeyboardEvent } from 'react';
import { api } from '../../../api';
import { classNames } from '../../../components/class-names';
import { SearchInput } from '../../../components/fields';
import { formatAmount, formatCount } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Pager } from '../../../components/pager';
import { Async } from '../../../components/states';
import type { CanonicalRecord } from '../../../lib/types/dataset-records';
import { shownTurns } from '../../../lib/types/record-turns';
import type { Dataset } from '../../../lib/types/lora-training';
import { useLoad } from '../../../use-load';

const LIMIT = 100;

export interface IndexedRecord {
  readonly index: number;
  readonly record: CanonicalRecord;
}

/** A page of records and the chosen one; shared by the tabs that show a record beside the list. */
export const useRecords = (dataset: Dataset, start = 0) => {
  const [query, setQuery] = useState('');
  const [offset, setOffset] = useState(start - (start % LIMIT));
  const [chosen, setChosen] = useState<number | null>(start);
  const { state, reload } = useLoad(`${dataset.id} ${dataset.revision} ${query} ${offset}`, () =>
    api.datasets.records({ id: dataset.id, offset, limit: LIMIT, query }),
  );
  const records = state.kind === 'ready' ? state.value.records : [];
  const current = records.find(({ index }) => index === chosen) ?? records[0] ?? null;
  return {
    state,
    reload,
    query,
    offset,
    setOffset,
    current,
    choose: setChosen,
    search: (next: string) => {
      setQuery(next);
      setOffset(0);
    },
  };
};

type Records = ReturnType<typeof useRecords>;

export const titleOf = (record: CanonicalRecord): string => {
  const turns = shownTurns(record);
  const asked = turns.filter(({ name }) => name === 'user').at(-1) ?? turns[0];
  return asked?.content.slice(0, 200) ?? '';
};

/** Counted as the overview does: a system prompt is nobody’s turn. */
const turnsOf = (record: CanonicalRecord): number =>
  shownTurns(record).filter(({ name }) => name !== 'system').length;

export const RecordList = ({ records }: { readonly records: Records }) => (
  <Panel plain className="flex min-h-0 w-[21.25rem] flex-col max-medium:max-h-60 max-medium:w-full">
    <div className="border-b p-2">
      <SearchInput label="Words in a record" value={records.query} onChange={records.search} />
    </div>
    <div className="min-h-0 flex-1 overflow-y-auto">
      <Async state={records.state} errorTitle="The records cannot be read" onRetry={records.reload}>
        {({ total, records: rows }) =>
          total === 0 ? (
            <p className="p-4 text-ink-2">
              {records.query ? `No record holds “${records.query}”.` : 'No usable record.'}
            </p>
          ) : (
            <Rows rows={rows} records={records} />
          )
        }
      </Async>
    </div>
    {records.state.kind === 'ready' ? (
      <Pager
        label={formatAmount(records.state.value.total, 'record')}
        total={records.state.value.total}
        offset={records.offset}
        limit={LIMIT}
        onOffset={records.setOffset}
      />
    ) : null}
  </Panel>
);

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };

const Rows = ({ rows, records }: { readonly rows: readonly IndexedRecord[]; readonly records: Records }) => {
  const at = rows.findIndex(({ index }) => index === records.current?.index);
  const onKeyDown = (event: KeyboardEvent<HTMLUListElement>) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.min(rows.length - 1, Math.max(0, at + step));
    const row = rows[next];
    if (row) records.choose(row.index);
    event.currentTarget.children[next]?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <ul
      role="listbox"
      aria-label="Records"
      tabIndex={0}
      aria-activedescendant={`record-${records.current?.index}`}
      onKeyDown={onKeyDown}
      className="focus-visible:-outline-offset-2"
    >
      {rows.map(({ index, record }) => (
        <li
          key={index}
          id={`record-${index}`}
          role="option"
          aria-selected={index === records.current?.index}
          onClick={() => records.choose(index)}
          className={classNames(
            'flex h-10 cursor-default items-center gap-2 border-b border-l-2 pr-2 pl-2.5',
            index === records.current?.index
              ? 'border-l-accent bg-selected'
              : 'border-l-transparent hover:bg-hover',
          )}
        >
          <span className="min-w-8 shrink-0 text-xs text-ink-3 tabular-nums">
            {formatCount(record.source_line)}
          </span>
          <span className="min-w-0 flex-1 truncate">{titleOf(record)}</span>
          <span className="shrink-0 text-xs text-ink-3">{formatAmount(turnsOf(record), 'turn')}</span>
        </li>
      ))}
    </ul>
  );
};
