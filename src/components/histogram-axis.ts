/** `counts[i]` lie between `edges[i]` and `edges[i + 1]`. */
export interface Bins {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** Numbers along the axis at most. */
const STEPS_MOST = 8;

/** From the first bar to the last edge, and to what is marked before it: no room is left for nothing. */
export const histogramAxis = ({ edges, counts }: Bins, marked: readonly number[]) => {
  const first = edges[counts.findIndex((count) => count > 0)] ?? 0;
  const last = edges.at(-1) ?? 1;
  const min = Math.min(first, ...marked);
  const max = Math.max(last, min + 1);
  return { min, max, ticks: multiplesOf(stepOf(max - min), min, max) };
};

const multiplesOf = (step: number, min: number, max: number): readonly number[] => {
  const first = Math.ceil(min / step);
  return Array.from({ length: Math.floor(max / step) - first + 1 }, (_, index) => (first + index) * step);
};

/** Lengths are chosen as powers of two, so the axis counts by them: the smallest that gives few enough steps. */
const stepOf = (span: number): number => 2 ** Math.max(0, Math.ceil(Math.log2(span / STEPS_MOST)));
