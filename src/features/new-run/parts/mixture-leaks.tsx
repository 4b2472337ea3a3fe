import { useState } from 'react';
import { api } from '../../../api';
import { useLatestAnswer } from '../../../latest-answer';
import { mixtureLeakWords } from '../../../lib/messages/mixture-leaks';
import { splitOf } from '../../../lib/training/settings';
import type { SplitChoice } from '../../../lib/types/dataset-split';
import type { MixtureLeaksRequest } from '../../../lib/types/mixture-leaks';
import type { NewRun } from '../use-new-run';
import { Note } from './note';

/** Near repeats between what the datasets of the run train and what is held out of them. */
export const MixtureLeaks = ({ run }: { readonly run: NewRun }) => {
  const request = requestOf(run.mixture.rows, useLastSplit(run));
  return request === null ? null : <Found request={request} />;
};

/** The split stays while a weight, which decides nothing of it, has the settings read anew. */
const useLastSplit = ({ recipe, changes }: NewRun): SplitChoice | null => {
  const [last, setLast] = useState<SplitChoice | null>(null);
  const split = recipe === null ? last : splitOf({ ...recipe, ...changes });
  if (JSON.stringify(split) !== JSON.stringify(last)) setLast(split);
  return split;
};

/** Null of one dataset alone, whose own page tells it, and where nothing is held out. */
const requestOf = (
  rows: NewRun['mixture']['rows'],
  split: SplitChoice | null,
): MixtureLeaksRequest | null => {
  const isMixture = rows.length > 0 && rows.every(({ fault }) => fault === null);
  return isMixture && split !== null && split.share > 0 ? { ids: rows.map(({ id }) => id), ...split } : null;
};

const Found = ({ request }: { readonly request: MixtureLeaksRequest }) => {
  const { state, current } = useLatestAnswer(request, (asked) => api.datasets.mixture_leaks(asked));
  if (state.kind === 'error')
    return <Note warn>{`Near repeats were not looked for. ${state.error.message}`}</Note>;
  if (state.kind === 'loading' || !current)
    return <p className="text-xs text-ink-2">Comparing the records of the datasets…</p>;
  return <Note warn={state.value === null || state.value.records > 0}>{mixtureLeakWords(state.value)}</Note>;
};
