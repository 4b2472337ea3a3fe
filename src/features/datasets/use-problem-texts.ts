import { api } from '../../api';
import { ANY_PROBLEM } from '../../lib/types/dataset-records';
import type { Dataset } from '../../lib/types/lora-training';
import { useLoad } from '../../use-load';
import type { IndexedRecord } from './record-pages';

/** A record has a handful; a whole conversation may stand on one line, with those of all its records. */
const MOST = 500;

/** What is wrong with a record, in the importer's words; nothing where it is not known, or of no record. */
export const useProblemTexts = (
  { id, revision }: Dataset,
  row: Pick<IndexedRecord, 'record'> | null,
): readonly string[] => {
  const { state } = useLoad(JSON.stringify([id, revision, row?.record.id]), async () => {
    if (row === null) return [];
    const { id: record, source_line: line } = row.record;
    const { problems } = await api.datasets.problems({ id, offset: 0, limit: MOST, ...ANY_PROBLEM, line });
    return problems.filter(({ record_id }) => record_id === record).map(({ error }) => error);
  });
  return state.kind === 'ready' ? state.value : [];
};
