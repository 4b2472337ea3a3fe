/** What a pace is measured on. */
export interface Beat {
  readonly attempt: number;
  readonly timestamp: string;
}

/** Over how many steps at most. */
export const PACE_STEPS = 50;

/** Milliseconds from one step's end to the next's, evaluations and checkpoints included, pauses not. */
export const stepGaps = (beats: readonly Beat[]): number[] =>
  beats.slice(-PACE_STEPS - 1).flatMap((beat, index, all) => {
    const before = all[index - 1];
    return before?.attempt === beat.attempt
      ? [Date.parse(beat.timestamp) - Date.parse(before.timestamp)]
      : [];
  });

/** Milliseconds a step, as every time left counts them; of a single step only its own time is known. */
export const paceOf = (beats: readonly Beat[], step_ms: number): number => {
  const gaps = stepGaps(beats);
  return gaps.length > 0 ? mean(gaps) : step_ms;
};

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
