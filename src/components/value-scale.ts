import type { Point } from './downsample';

/** What a value axis shows, and how far apart its numbers are. */
export interface ValueScale {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** Above and below the values, as a share of what they span. */
const GRACE = 0.05;
const LEAST_TICKS = 6;
/** What values span at least, as a share of themselves: noise of a flat curve is not to fill the chart. */
const LEAST_SPAN = 0.02;
const ROUND = [5, 2, 1] as const;

const ticksOf = (min: number, max: number, step: number): number =>
  Math.floor(max / step + 1e-9) - Math.ceil(min / step - 1e-9) + 1;

/** The widest of 1, 2 and 5 times a power of ten that leaves enough numbers. */
const stepOf = (min: number, max: number): number => {
  for (let power = Math.ceil(Math.log10(max - min)); ; power -= 1) {
    const step = ROUND.map((digit) => digit * 10 ** power).find(
      (one) => ticksOf(min, max, one) >= LEAST_TICKS,
    );
    if (step !== undefined) return step;
  }
};

/** From the lowest to the highest value with a little room; null where there is none. */
export const valueScale = (curves: readonly (readonly Point[])[]): ValueScale | null => {
  let [low, high] = [Infinity, -Infinity];
  for (const { y } of curves.flat()) {
    if (!Number.isFinite(y)) continue;
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  if (low > high) return null;
  const span = Math.max(high - low, LEAST_SPAN * Math.abs(high), Number.EPSILON * 1e6);
  const missing = (span - (high - low)) / 2;
  const bottom = low - missing - GRACE * span;
  const min = low >= 0 ? Math.max(0, bottom) : bottom;
  const max = high + missing + GRACE * span;
  return { min, max, step: stepOf(min, max) };
};

/** One decimal, and more only where the numbers are closer together. */
export const formatOnScale = (value: number, { step }: ValueScale): string =>
  value.toFixed(step >= 1000 ? 0 : Math.max(1, Math.ceil(-Math.log10(step) - 1e-9)));
