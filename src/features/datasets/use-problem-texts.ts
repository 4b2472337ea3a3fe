import { api } from '../../api';
import { ANY_PROBLEM } from '../../lib/types/dataset-records';
import type { Dataset } from '../../lib/types/lora-training';
import { useLoad } from '../../use-load';
import type { IndexedRecord } from './record-pages';

/** A record has a handful. */
const MOST = 500;

/** What is wrong with a record, in the importer's words; nothing where it is not known, or of no record. */
export const useProblemTexts = (
  { id, revision }: Dataset,
  row: Pick<IndexedRecord, 'record'> | null,
): readonly string[] => {
  const { state } = useLoad(JSON.stringify([id, revision, row?.record.id]), async () => {
    if (row === null) return [];
    const mine = { ...ANY_PROBLEM, record_id: row.record.id };
    const { problems } = await api.datasets.problems({ id, offset: 0, limit: MOST, ...mine });
    return problems.map(({ error }) => error);
  });
  return state.kind === 'ready' ? state.value : [];
};
