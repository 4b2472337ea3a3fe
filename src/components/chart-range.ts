import type { Point } from './downsample';

/** A part of the x axis. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Narrower than this share of the whole, a view shows no more than it did. */
const NARROWEST = 1 / 200;

/** `wanted` inside the whole; null where it is the whole. */
export const clampRange = (wanted: Range, whole: Range): Range | null => {
  const length = whole.max - whole.min;
  const width = Math.max(wanted.max - wanted.min, length * NARROWEST);
  if (width >= length) return null;
  const min = Math.min(Math.max(wanted.min, whole.min), whole.max - width);
  return { min, max: min + width };
};

/** To the whole numbers around it: an axis of steps begins and ends with one. */
export const roundedOut = ({ min, max }: Range): Range => ({ min: Math.floor(min), max: Math.ceil(max) });

/** The same middle, `factor` times as wide. */
export const scaleRange = ({ min, max }: Range, factor: number): Range => {
  const [middle, half] = [(min + max) / 2, ((max - min) / 2) * factor];
  return { min: middle - half, max: middle + half };
};

export const moveRange = ({ min, max }: Range, share: number): Range => {
  const by = (max - min) * share;
  return { min: min + by, max: max + by };
};

/** The points in view, and one on each side so that the curve reaches the edges. */
export const pointsWithin = (points: readonly Point[], { min, max }: Range): readonly Point[] => {
  const first = points.findIndex(({ x }) => x >= min);
  if (first < 0) return points.slice(-1);
  const after = points.findIndex(({ x }) => x > max);
  return points.slice(Math.max(0, first - 1), after < 0 ? points.length : after + 1);
};
