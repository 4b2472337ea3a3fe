import { useMemo, useState } from 'react';
import { mapLoaded } from '../../live-store';
import type { RecordSide } from '../../lib/types/dataset-records';
import type { Dataset } from '../../lib/types/lora-training';
import { useLoad } from '../../use-load';
import { loadPage, PAGE_OF_RECORDS, pageOf, withRejected } from './record-pages';
import type { IndexedRecord, RecordsOfPage, Wanted } from './record-pages';
import type { Flagged } from './use-flags';

/** Chosen when a page comes: its last record. */
const LAST = Infinity;

const NO_RECORDS: RecordsOfPage = { records: [], total: 0 };

const currentOf = (rows: readonly IndexedRecord[], chosen: number | null): IndexedRecord | null => {
  const fallback = chosen === LAST ? rows.at(-1) : rows[0];
  return rows.find(({ index }) => index === chosen) ?? fallback ?? null;
};

/** All records, or only those that are flagged. */
const useFilter = (flagged: Flagged | undefined) => {
  const [isFiltered, setFiltered] = useState(false);
  const only = isFiltered && flagged ? flagged : null;
  return {
    isFiltered,
    setFiltered,
    only,
    /** Where the list has a record; one that is not flagged ends the filter. */
    placeOf: (index: number): number => {
      const place = only ? only.indexes.indexOf(index) : index;
      if (place < 0) setFiltered(false);
      return place < 0 ? index : place;
    },
  };
};

interface Begin {
  readonly index?: number | undefined;
  readonly side?: RecordSide | undefined;
  readonly flagged?: Flagged;
  /** Lines of which nothing is used, to be listed too. */
  readonly rejected?: readonly IndexedRecord[];
}

const NO_LINES: readonly IndexedRecord[] = [];

/** What is left out comes later than the records, and must not take them away meanwhile. */
const usePage = (
  wanted: Wanted,
  { revision, only }: { readonly revision: number; readonly only: Flagged | null },
) => {
  const { side, offset, query, rejected } = wanted;
  const isMixed = side === 'used' && only === null;
  const key = JSON.stringify({
    ...{ ...wanted, rejected: isMixed ? 0 : rejected.length },
    ...{ revision, only: only?.key },
  });
  const { state, reload } = useLoad(key, () => loadPage(wanted, only?.indexes ?? null));
  const mixed = useMemo(
    () => mapLoaded(state, (page) => (isMixed ? withRejected(page, { offset, query, rejected }) : page)),
    [state, isMixed, offset, query, rejected],
  );
  return { state: mixed, reload };
};

/** A page of records and the chosen one; shared by the tabs that show a record beside the list. */
export const useRecords = (
  dataset: Dataset,
  { index: start = 0, side: first = 'used', flagged, rejected = NO_LINES }: Begin = {},
) => {
  const [query, setQuery] = useState('');
  const [side, setSide] = useState<RecordSide>(first);
  const [offset, setOffset] = useState(pageOf(start));
  const [chosen, setChosen] = useState<number | null>(start);
  const { isFiltered, only, placeOf, setFiltered } = useFilter(flagged);
  const wanted = { id: dataset.id, side, offset, query, rejected };
  const { state, reload } = usePage(wanted, { revision: dataset.revision, only });
  const { records: rows, total } = state.kind === 'ready' ? state.value : NO_RECORDS;
  const current = currentOf(rows, chosen);
  const turnTo = (nextOffset: number, next: number | null) => {
    setOffset(nextOffset);
    setChosen(next);
  };
  /** To a record by its place among all. */
  const goTo = (index: number) => {
    setQuery('');
    setSide('used');
    turnTo(pageOf(placeOf(index)), index);
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
    toEnd: (end: ListEnd) => turnTo(...placeAt(end, total)),
    isFiltered,
    /** Only those that are flagged, or all. */
    filter: (next: boolean) => {
      setFiltered(next);
      turnTo(0, null);
    },
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

type ListEnd = 'Home' | 'End';

/** Page and record of the first or the last of all. */
const placeAt = (end: ListEnd, total: number): [number, number | null] =>
  end === 'Home' ? [0, null] : [pageOf(Math.max(0, total - 1)), LAST];
