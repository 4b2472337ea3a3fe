import { useState } from 'react';
import { api } from '../../api';
import { useLatestAnswer } from '../../latest-answer';
import type { RunRequest } from '../../lib/contract/contract';
import { toErrorPayload } from '../../lib/messages/app-error';
import type { Estimate } from '../../lib/types/estimate';
import { PresetId } from '../../lib/types/lora-training';
import type { Loaded } from '../../live-store';

export interface Estimates {
  readonly of: (preset: PresetId) => Loaded<Estimate>;
  /** False while what is shown of a recipe answers an earlier request. */
  readonly isCurrent: (preset: PresetId) => boolean;
  /** The end of the memory scale that the four recipes share. */
  readonly scaleBytes: number;
  /** Asks all of them once more: something was measured. */
  readonly again: () => void;
}

interface Asked {
  readonly requests: readonly (RunRequest | null)[];
  /** How often something was measured meanwhile. */
  readonly round: number;
}
type Answers = readonly Loaded<Estimate>[];

const estimate = async (request: RunRequest): Promise<Loaded<Estimate>> => {
  try {
    return { kind: 'ready', value: await api.jobs.estimate(request) };
  } catch (thrown) {
    return { kind: 'error', error: toErrorPayload(thrown) };
  }
};

const estimateAll = ({ requests }: Asked): Promise<Answers> =>
  Promise.all(
    requests.map((request) => (request ? estimate(request) : Promise.resolve({ kind: 'loading' } as const))),
  );

const neededBytes = (state: Loaded<Estimate>): number => {
  if (state.kind !== 'ready') return 0;
  const { memory_total_bytes: total, memory_free_bytes: free, memory_bytes: run } = state.value;
  return Math.max(total, total - free + run.expected);
};

const RECIPES: readonly PresetId[] = PresetId.options.filter((preset) => preset !== 'custom');

/** What each recipe and one's own would need; choosing one asks nothing, and typing only of one's own. */
export const useEstimates = (requestOf: (preset: PresetId) => RunRequest | null): Estimates => {
  const [round, setRound] = useState(0);
  const recipes = useLatestAnswer({ requests: RECIPES.map(requestOf), round }, estimateAll);
  const own = useLatestAnswer({ requests: [requestOf('custom')], round }, estimateAll);
  const answerOf = (preset: PresetId) => (preset === 'custom' ? own : recipes);
  const of = (preset: PresetId): Loaded<Estimate> => {
    const { state } = answerOf(preset);
    if (state.kind !== 'ready') return state;
    return state.value[Math.max(0, RECIPES.indexOf(preset))] ?? { kind: 'loading' };
  };
  return {
    of,
    isCurrent: (preset) => answerOf(preset).current,
    again: () => setRound((count) => count + 1),
    scaleBytes: Math.max(0, ...PresetId.options.map((preset) => neededBytes(of(preset)))),
  };
};
