import { api } from '../../api';
import type { CanonicalRecord, RecordSide } from '../../lib/types/dataset-records';

export const PAGE_OF_RECORDS = 100;

export interface IndexedRecord {
  readonly index: number;
  readonly record: CanonicalRecord;
}

export interface Wanted {
  readonly id: string;
  readonly side: RecordSide;
  readonly offset: number;
  readonly query: string;
}

/** Those of a page that is not in one piece; each answer holds one run of neighbours. */
const loadPlaces = async ({ id, offset, query }: Wanted, places: readonly number[]) => {
  const found =
    query === ''
      ? places
      : await api.datasets.record_ids({ id, query, problem: null }).then(({ indexes }) => {
          const holding = new Set(indexes);
          return places.filter((place) => holding.has(place));
        });
  const runs: { offset: number; limit: number }[] = [];
  for (const place of found.slice(offset, offset + PAGE_OF_RECORDS)) {
    const last = runs.at(-1);
    if (last && last.offset + last.limit === place) last.limit += 1;
    else runs.push({ offset: place, limit: 1 });
  }
  const pages = await Promise.all(runs.map((run) => api.datasets.records({ id, query: '', ...run })));
  return { total: found.length, records: pages.flatMap(({ records }) => records) };
};

/** A page of the records in use or left out; with `places` only of those. */
export const loadPage = async (wanted: Wanted, places: readonly number[] | null) => {
  const { id, side, offset, query } = wanted;
  if (places !== null) return loadPlaces(wanted, places);
  const page = { id, offset, limit: PAGE_OF_RECORDS };
  if (side === 'used') return api.datasets.records({ ...page, query });
  const { total, records } = await api.datasets.excluded({ ...page, query });
  return { total, records: records.map((record, position) => ({ index: offset + position, record })) };
};
