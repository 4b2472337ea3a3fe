import type { TrainingSettings } from '../types/training-settings';

/** What a finished run worked beside its steps, in milliseconds, and of what that was. */
export interface PastWork {
  /** Loading, evaluations, answers to the sample prompts, checkpoints. */
  readonly besides_ms: number;
  readonly evaluations: number;
  readonly held_out_tokens: number;
  /** Of the first evaluation, that of the untouched model; null where there was none. */
  readonly evaluation_ms: number | null;
  readonly answers: number;
  /** How many the untouched model gave, and how long that took. */
  readonly first_answers: number;
  readonly first_answers_ms: number | null;
}

export interface PlannedWork {
  readonly evaluations: number;
  readonly held_out_tokens: number;
  readonly answers: number;
}

const AUTO_INTERVAL_STEPS = 100;
const AUTO_POINTS_A_RUN = 5;

/** How often a run evaluates and answers: the untouched model, at each interval, and at its end, as the trainer's `schedule.py` has it. */
export const roundsOf = (
  { eval_steps, save_steps }: Pick<TrainingSettings, 'eval_steps' | 'save_steps'>,
  totalSteps: number,
): { readonly evaluations: number; readonly samples: number } => {
  const automatic = Math.min(AUTO_INTERVAL_STEPS, Math.max(1, Math.floor(totalSteps / AUTO_POINTS_A_RUN)));
  return {
    evaluations: 1 + Math.ceil(totalSteps / (eval_steps ?? automatic)),
    samples: 1 + Math.ceil(totalSteps / (save_steps ?? automatic)),
  };
};

/** A forward pass is about half of a step, whose backward pass has no weights to learn but those of the adapter. */
const FORWARD_SHARE = 0.5;

const median = (values: readonly number[]): number | null =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? null;

const perToken = ({ evaluation_ms, held_out_tokens }: PastWork): readonly number[] =>
  evaluation_ms === null || held_out_tokens === 0 ? [] : [evaluation_ms / held_out_tokens];

const perAnswer = ({ first_answers_ms, first_answers }: PastWork): readonly number[] =>
  first_answers_ms === null || first_answers === 0 ? [] : [first_answers_ms / first_answers];

/** What a run will work beside its steps: what past runs took for the rest, and for each token and answer. */
export const besidesMs = (
  planned: PlannedWork,
  { past, tokens_per_second }: { readonly past: readonly PastWork[]; readonly tokens_per_second: number },
): number => {
  const token = median(past.flatMap(perToken)) ?? (FORWARD_SHARE * 1000) / tokens_per_second;
  // Where no answer was ever timed, what they took stays in the rest.
  const answer = median(past.flatMap(perAnswer)) ?? 0;
  const worked = (
    { evaluations, held_out_tokens, answers }: PlannedWork,
    [ofToken, ofAnswer]: readonly [number, number],
  ): number => evaluations * held_out_tokens * ofToken + answers * ofAnswer;
  const rest = past.map((run) => {
    const own = [perToken(run)[0] ?? token, perAnswer(run)[0] ?? answer] as const;
    return Math.max(0, run.besides_ms - worked(run, own));
  });
  return Math.round((median(rest) ?? 0) + worked(planned, [token, answer]));
};
