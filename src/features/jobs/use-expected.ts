import { api } from '../../api';
import { useLatestAnswer } from '../../latest-answer';
import { toErrorPayload } from '../../lib/messages/app-error';
import type { TrainingJob } from '../../lib/types/lora-training';
import { expectedOf, runRequestOf } from './waiting-times';
import type { Expected } from './waiting-times';

/** A run that cannot be estimated any more, its dataset being in the bin, says why. */
const ask = async (id: string): Promise<Expected> => {
  try {
    const [job, datasets] = await Promise.all([api.jobs.get({ id }), api.jobs.datasets({ id })]);
    return expectedOf(job, await api.jobs.estimate(runRequestOf(job, datasets)));
  } catch (thrown) {
    const { message, hint } = toErrorPayload(thrown);
    return { band: null, method: `${message} ${hint}` };
  }
};

const askAll = async (ids: readonly string[]): Promise<ReadonlyMap<string, Expected>> =>
  new Map(await Promise.all(ids.map(async (id) => [id, await ask(id)] as const)));

const NOTHING: ReadonlyMap<string, Expected> = new Map();

/** How long each run that waits will take, by its id; those not asked yet are not there. */
export const useExpected = (waiting: readonly TrainingJob[]): ReadonlyMap<string, Expected> => {
  // Sorted, so that another order asks nothing anew.
  const { state } = useLatestAnswer(waiting.map(({ id }) => id).toSorted(), askAll);
  return state.kind === 'ready' ? state.value : NOTHING;
};
