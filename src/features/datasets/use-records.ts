import { useState } from 'react';
import { api } from '../../api';
import type { CanonicalRecord, RecordSide } from '../../lib/types/dataset-records';
import type { Dataset } from '../../lib/types/lora-training';
import { useLoad } from '../../use-load';

export const PAGE_OF_RECORDS = 100;

export interface IndexedRecord {
  readonly index: number;
  readonly record: CanonicalRecord;
}

/** Chosen when a page comes: its last record. */
const LAST = Infinity;

interface Wanted {
  readonly id: string;
  readonly side: RecordSide;
  readonly offset: number;
  readonly query: string;
}

const loadPage = async ({ id, side, offset, query }: Wanted) => {
  const page = { id, offset, limit: PAGE_OF_RECORDS };
  if (side === 'used') return api.datasets.records({ ...page, query });
  const { total, records } = await api.datasets.excluded({ ...page, query });
  return { total, records: records.map((record, position) => ({ index: offset + position, record })) };
};

/** A page of records and the chosen one; shared by the tabs that show a record beside the list. */
export const useRecords = (
  dataset: Dataset,
  {
    index: start = 0,
    side: first = 'used',
  }: { index?: number | undefined; side?: RecordSide | undefined } = {},
) => {
  const [query, setQuery] = useState('');
  const [side, setSide] = useState<RecordSide>(first);
  const [offset, setOffset] = useState(pageOf(start));
  const [chosen, setChosen] = useState<number | null>(start);
  const wanted = { id: dataset.id, side, offset, query };
  const { state, reload } = useLoad(JSON.stringify({ ...wanted, revision: dataset.revision }), () =>
    loadPage(wanted),
  );
  const rows: readonly IndexedRecord[] = state.kind === 'ready' ? state.value.records : [];
  const total = state.kind === 'ready' ? state.value.total : 0;
  const fallback = chosen === LAST ? rows.at(-1) : rows[0];
  const current = rows.find(({ index }) => index === chosen) ?? fallback ?? null;
  const turnTo = (nextOffset: number, next: number | null) => {
    setOffset(nextOffset);
    setChosen(next);
  };
  /** To a record by its place among all. */
  const goTo = (index: number) => {
    setQuery('');
    setSide('used');
    turnTo(pageOf(index), index);
  };
  /** To the record so many further on in the list, over the end of its page. */
  const move = (step: number) => {
    const at = rows.findIndex(({ index }) => index === current?.index) + step;
    const row = rows[Math.min(rows.length - 1, Math.max(0, at))];
    if (at >= rows.length && offset + PAGE_OF_RECORDS < total) turnTo(offset + PAGE_OF_RECORDS, null);
    else if (at < 0 && offset > 0) turnTo(offset - PAGE_OF_RECORDS, LAST);
    else if (row) setChosen(row.index);
  };
  return {
    state,
    reload,
    query,
    side,
    offset,
    setOffset: (next: number) => turnTo(next, null),
    current,
    choose: setChosen,
    goTo,
    move,
    search: (next: string) => {
      setQuery(next);
      turnTo(0, null);
    },
    /** What is searched for is searched for there too. */
    show: (next: RecordSide) => {
      setSide(next);
      turnTo(0, null);
    },
  };
};

export type Records = ReturnType<typeof useRecords>;

const pageOf = (index: number): number => index - (index % PAGE_OF_RECORDS);
