import type { RunRequest } from '../../../src/lib/contract/contract';
import { toErrorPayload } from '../../../src/lib/messages/app-error';
import { mixtureLeakWords } from '../../../src/lib/messages/mixture-leaks';
import { splitOf } from '../../../src/lib/training/settings';
import type { MixtureLeaks } from '../../../src/lib/types/mixture-leaks';
import type { Workplace } from '../command';

/** Nothing of one dataset alone, of which `datasets stats` tells it, and where nothing is held out. */
export interface Leaks {
  readonly mixture_leaks?: MixtureLeaks | null;
}

/** Near repeats between what a run of several datasets trains and what it holds out. */
export const leaksOf = async ({ app, output }: Workplace, request: RunRequest): Promise<Leaks> => {
  const { more_datasets = [], dataset_id } = request;
  if (more_datasets.length === 0) return {};
  const { numbers, estimates } = app.services;
  const split = splitOf(await estimates.settings(request));
  if (split.share === 0) return {};
  const ids = [dataset_id, ...more_datasets.map((each) => each.dataset_id)];
  output.liveLine('Comparing the records of the datasets …');
  try {
    return { mixture_leaks: await numbers.mixtureLeaks({ ids, ...split }) };
  } finally {
    output.endLive();
  }
};

/** The same beside a start, which it does not hold up where it fails. */
export const noteLeaks = async (work: Workplace, request: RunRequest): Promise<void> => {
  if (work.output.json) return;
  try {
    const { mixture_leaks } = await leaksOf(work, request);
    if (mixture_leaks !== undefined) work.output.note(`${mixtureLeakWords(mixture_leaks)}.`);
  } catch (error) {
    work.output.note(`Near repeats were not looked for. ${toErrorPayload(error).message}`);
  }
};
