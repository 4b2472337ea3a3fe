import { api } from '../../api';
import { lineSought } from '../../lib/line-sought';
import type { CanonicalRecord, DatasetProblem, RecordSide } from '../../lib/types/dataset-records';

export const PAGE_OF_RECORDS = 100;

export interface IndexedRecord {
  readonly index: number;
  readonly record: CanonicalRecord;
  /** Of a line of which nothing is used: it stands between the places of records, and `record` in for it. */
  readonly rejected?: DatasetProblem;
}

export interface Wanted {
  readonly id: string;
  readonly side: RecordSide;
  readonly offset: number;
  readonly query: string;
  /** Lines of which nothing is used, where the list has them too. */
  readonly rejected: readonly IndexedRecord[];
}

/** The page on which a record stands; a line that is left out is on that of the record before it. */
export const pageOf = (index: number): number => {
  const record = Math.max(0, Math.floor(index));
  return record - (record % PAGE_OF_RECORDS);
};

const inOrder = (rows: readonly IndexedRecord[]): readonly IndexedRecord[] =>
  rows.toSorted((one, other) => one.index - other.index);

/** Those of a page that is not in one piece; each answer holds one run of neighbours. */
const loadPlaces = async ({ id, offset, query, rejected }: Wanted, places: readonly number[]) => {
  const found =
    query === ''
      ? places
      : await api.datasets.record_ids({ id, query, problem: null }).then(({ indexes }) => {
          const holding = new Set([...indexes, ...atLine(rejected, query).map(({ index }) => index)]);
          return places.filter((place) => holding.has(place));
        });
  const runs: { offset: number; limit: number }[] = [];
  const shown = new Set(found.slice(offset, offset + PAGE_OF_RECORDS));
  for (const place of shown) {
    if (!Number.isInteger(place)) continue;
    const last = runs.at(-1);
    if (last && last.offset + last.limit === place) last.limit += 1;
    else runs.push({ offset: place, limit: 1 });
  }
  const pages = await Promise.all(runs.map((run) => api.datasets.records({ id, query: '', ...run })));
  const leftOut = rejected.filter(({ index }) => shown.has(index));
  return { total: found.length, records: inOrder([...pages.flatMap(({ records }) => records), ...leftOut]) };
};

const atLine = (rejected: readonly IndexedRecord[], query: string): readonly IndexedRecord[] =>
  rejected.filter(({ rejected: problem }) => problem?.line === lineSought(query));

export interface RecordsOfPage {
  readonly total: number;
  readonly records: readonly IndexedRecord[];
}

/** A page of the records in use, and between them the lines of which nothing is used; those that are sought count. */
export const withRejected = (
  page: RecordsOfPage,
  { offset, query, rejected }: Pick<Wanted, 'offset' | 'query' | 'rejected'>,
): RecordsOfPage => {
  const isSought = query.trim() !== '';
  const lines = isSought ? atLine(rejected, query) : rejected.filter(({ index }) => pageOf(index) === offset);
  return { total: page.total + (isSought ? lines.length : 0), records: inOrder([...page.records, ...lines]) };
};

/** A page of the records in use or left out; with `places` only of those. */
export const loadPage = async (wanted: Wanted, places: readonly number[] | null): Promise<RecordsOfPage> => {
  const { id, side, offset, query } = wanted;
  if (places !== null) return loadPlaces(wanted, places);
  if (side === 'used') return api.datasets.records({ id, offset, limit: PAGE_OF_RECORDS, query });
  const { total, records } = await api.datasets.excluded({ id, offset, limit: PAGE_OF_RECORDS, query });
  return { total, records: records.map((record, position) => ({ index: offset + position, record })) };
};
