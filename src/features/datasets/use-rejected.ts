import { useMemo } from 'react';
import { api } from '../../api';
import type { RejectedLines } from '../../lib/types/dataset-numbers';
import type { Dataset } from '../../lib/types/lora-training';
import { useLoad } from '../../use-load';
import type { IndexedRecord } from './record-pages';

type Line = RejectedLines['lines'][number];

const NONE: RejectedLines = { lines: [], truncated: false };

interface Rejected {
  readonly rows: readonly IndexedRecord[];
  readonly isCut: boolean;
}

/** Those between the same two records share the space between their places. */
export const standIns = (lines: readonly Line[]): IndexedRecord[] => {
  const between = new Map<number, number>();
  for (const { place } of lines) between.set(place, (between.get(place) ?? 0) + 1);
  const told = new Map<number, number>();
  return lines.map(({ place, ...problem }) => {
    const nth = (told.get(place) ?? 0) + 1;
    told.set(place, nth);
    return {
      index: place - 1 + nth / ((between.get(place) ?? 0) + 1),
      record: { id: `line ${problem.line}`, source_line: problem.line, text: problem.error },
      rejected: problem,
    };
  });
};

/** The lines of which nothing is used, as rows of a list of records; `isCut` where there are more of them. */
export const useRejected = ({ id, revision, report }: Dataset): Rejected => {
  const isAsked = (report?.rejected_records ?? 0) > 0;
  const { state } = useLoad(JSON.stringify([id, revision, isAsked]), async () =>
    isAsked ? api.datasets.rejected({ id }) : NONE,
  );
  const { lines, truncated } = state.kind === 'ready' ? state.value : NONE;
  return useMemo(() => ({ rows: standIns(lines), isCut: truncated }), [lines, truncated]);
};
