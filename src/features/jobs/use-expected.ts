import { api } from '../../api';
import { useNow } from '../../components/time';
import { useLatestAnswer } from '../../latest-answer';
import { toErrorPayload } from '../../lib/messages/app-error';
import type { ExpectedTime } from '../../lib/types/estimate';
import type { TrainingJob } from '../../lib/types/lora-training';
import { useRows } from '../../live-store';
import { jobs } from '../../stores';
import { groupJobs } from './job-words';
import { freeIn } from './time-left';
import { planQueue } from './waiting-times';

/** A run that cannot be estimated any more, its dataset being in the bin, says why. */
const ask = async (id: string): Promise<ExpectedTime> => {
  try {
    return await api.jobs.expected_time({ id });
  } catch (thrown) {
    const { message, hint } = toErrorPayload(thrown);
    return { time_ms: null, time_method: `${message} ${hint}` };
  }
};

const askAll = async (ids: readonly string[]): Promise<ReadonlyMap<string, ExpectedTime>> =>
  new Map(await Promise.all(ids.map(async (id) => [id, await ask(id)] as const)));

const NOTHING: ReadonlyMap<string, ExpectedTime> = new Map();

/** How long each run will take, and how much memory, by its id; those not asked yet are not there. */
export const useExpected = (waiting: readonly TrainingJob[]): ReadonlyMap<string, ExpectedTime> => {
  // Sorted, so that another order asks nothing anew.
  const { state } = useLatestAnswer(waiting.map(({ id }) => id).toSorted(), askAll);
  return state.kind === 'ready' ? state.value : NOTHING;
};

/** Who runs and who waits, how long each of those takes, in how many ms each begins, and the last one ends. */
export const useQueuePlan = () => {
  const now = useNow();
  const { running, waiting } = groupJobs(useRows(jobs));
  const expected = useExpected(waiting);
  return { running, waiting, expected, ...planQueue(waiting, expected, freeIn(running[0], now)) };
};
