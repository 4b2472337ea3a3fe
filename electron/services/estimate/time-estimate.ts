import { formatDuration } from '../../../src/lib/messages/format';
import { besidesMs, type PastWork, type PlannedWork, roundsOf } from '../../../src/lib/training/run-time';
import type { StepPlan } from '../../../src/lib/training/steps';
import type { ExpectedTime } from '../../../src/lib/types/estimate';
import type { Dataset } from '../../../src/lib/types/lora-training';
import type { TrainingSettings } from '../../../src/lib/types/training-settings';
import { SAMPLE_PROMPTS } from '../jobs/dataset-scan';

const TIME_BAND = 0.15;
/** Evaluations and samples are as many and as long as a run asks for. */
const BESIDES_BAND = 0.5;

export interface MeasuredSpeed {
  /** Median real tokens a second of finished runs of this base model on this machine. */
  readonly tokens_per_second: number;
  readonly runs: number;
  /** What those runs worked beside their steps. */
  readonly past: readonly PastWork[];
}

/** What one pass over all datasets sees, each as often as its weight says, and what is held out of them. */
export interface Epoch {
  readonly train: number;
  readonly held_out: number;
  readonly tokens: number;
}

interface Work extends PlannedWork {
  /** Of all steps. */
  readonly trained_tokens: number;
}

/** How long, with its band, and how that is known. */
export const timeOf = (
  work: Work,
  speed: MeasuredSpeed | null,
): Pick<ExpectedTime, 'time_ms' | 'time_method'> => {
  if (speed === null) {
    return { time_ms: null, time_method: 'No run of this base model was measured on this machine yet.' };
  }
  const runs = speed.runs === 1 ? 'one past run' : `${speed.runs} past runs`;
  const steps = (work.trained_tokens / speed.tokens_per_second) * 1000;
  const besides = besidesMs(work, speed);
  return {
    time_ms: {
      low: Math.round(steps * (1 - TIME_BAND) + besides * (1 - BESIDES_BAND)),
      expected: Math.round(steps + besides),
      high: Math.round(steps * (1 + TIME_BAND) + besides * (1 + BESIDES_BAND)),
    },
    time_method: `From ${runs} of this base model here: ${Math.round(speed.tokens_per_second)} tokens/s, and ${formatDuration(besides)} for loading, evaluations and samples.`,
  };
};

/** How much a run trains, evaluates and answers. */
export const workOf = (
  datasets: readonly { readonly dataset: Pick<Dataset, 'kind'> }[],
  settings: TrainingSettings,
  { tokens, train, held_out, plan }: Epoch & { readonly plan: StepPlan },
): Work => {
  const rounds = roundsOf(settings, plan.total_steps);
  const asks = datasets.some(({ dataset }) => dataset.kind !== 'text');
  const prompts = asks ? Math.min(SAMPLE_PROMPTS, held_out > 0 ? held_out : train) : 0;
  return {
    trained_tokens: tokens * (plan.total_steps / plan.steps_per_epoch),
    evaluations: held_out > 0 ? rounds.evaluations : 0,
    held_out_tokens: train > 0 ? Math.round((tokens / train) * held_out) : 0,
    answers: rounds.samples * prompts,
  };
};
