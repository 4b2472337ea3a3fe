/** What a pace is measured on. */
export interface Beat {
  readonly attempt: number;
  readonly timestamp: string;
}

/** Over how many steps at most. */
export const PACE_STEPS = 50;

/** Milliseconds from one step's end to the next's, evaluations and checkpoints included, pauses not. */
const stepGaps = (beats: readonly Beat[]): number[] =>
  beats.slice(-PACE_STEPS - 1).flatMap((beat, index, all) => {
    const before = all[index - 1];
    return before?.attempt === beat.attempt
      ? [Date.parse(beat.timestamp) - Date.parse(before.timestamp)]
      : [];
  });

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Milliseconds a step. */
export interface Pace {
  readonly mean: number;
  /** How far the mean moves. */
  readonly spread: number;
  /** Over how many steps it was measured. */
  readonly steps: number;
}

const BLOCK = 5;

/** Standard deviation of the means of five steps each: how far the pace itself moves. */
const spreadOf = (gaps: readonly number[]): number => {
  const blocks = Array.from({ length: Math.floor(gaps.length / BLOCK) }, (_, index) =>
    mean(gaps.slice(index * BLOCK, (index + 1) * BLOCK)),
  );
  if (blocks.length < 2) return 0;
  const middle = mean(blocks);
  return Math.sqrt(mean(blocks.map((block) => (block - middle) ** 2)));
};

/** Null before there is a pace to measure. */
export const paceOf = (beats: readonly Beat[]): Pace | null => {
  const gaps = stepGaps(beats);
  return gaps.length === 0 ? null : { mean: mean(gaps), spread: spreadOf(gaps), steps: gaps.length };
};
