import { api } from '../../api';
import { useLatestAnswer } from '../../latest-answer';
import type { RunRequest } from '../../lib/contract/contract';
import { toErrorPayload } from '../../lib/messages/app-error';
import type { Estimate } from '../../lib/types/estimate';
import { PresetId } from '../../lib/types/lora-training';
import type { Loaded } from '../../live-store';

export interface Estimates {
  readonly of: (preset: PresetId) => Loaded<Estimate>;
  /** False while what is shown answers an earlier request. */
  readonly current: boolean;
  /** The end of the memory scale that the four recipes share. */
  readonly scaleBytes: number;
}

type Answers = ReadonlyMap<PresetId, Loaded<Estimate>>;

const estimate = async (request: RunRequest): Promise<Loaded<Estimate>> => {
  try {
    return { kind: 'ready', value: await api.jobs.estimate(request) };
  } catch (thrown) {
    return { kind: 'error', error: toErrorPayload(thrown) };
  }
};

const estimateAll = async (request: RunRequest): Promise<Answers> =>
  new Map(
    await Promise.all(
      PresetId.options.map(
        async (preset_id) => [preset_id, await estimate({ ...request, preset_id })] as const,
      ),
    ),
  );

const neededBytes = (state: Loaded<Estimate>): number => {
  if (state.kind !== 'ready') return 0;
  const { memory_total_bytes: total, memory_free_bytes: free, memory_bytes: run } = state.value;
  return Math.max(total, total - free + run.expected);
};

/** What each of the four recipes would need with the changes made so far; choosing one asks nothing. */
export const useEstimates = (request: RunRequest): Estimates => {
  const { state, current } = useLatestAnswer({ ...request, preset_id: 'custom' }, estimateAll);
  const answers: Answers = state.kind === 'ready' ? state.value : new Map<PresetId, Loaded<Estimate>>();
  return {
    of: (preset) => answers.get(preset) ?? (state.kind === 'error' ? state : { kind: 'loading' }),
    current,
    scaleBytes: Math.max(0, ...[...answers.values()].map(neededBytes)),
  };
};
