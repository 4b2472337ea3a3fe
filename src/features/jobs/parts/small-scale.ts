import type { Point } from '../../../components/downsample';

const SPIKE = 3;
const MOST_SPIKES = 2;
/** Of the highest value: a curve that ends at the top of its box looks cut off. */
const HEADROOM = 1.2;
/** Of what is usual, where spikes are cut off. */
const SPIKE_HEADROOM = 1.4;

interface Scale {
  /** The value at the top of the box; undefined where nothing says how high. */
  readonly top: number | undefined;
  /** What is cut off there, the highest first. */
  readonly spikes: readonly Point[];
}

/** How high a small chart goes: over all its curves, and so that one spike of the first does not flatten it. */
export const scaleOf = (curves: readonly (readonly Point[])[]): Scale => {
  const limit = spikeLimit(curves[0] ?? []);
  if (limit !== undefined) return { top: limit, spikes: spikesOver(limit, curves[0] ?? []) };
  const highest = curves.flat().reduce((most, { y }) => Math.max(most, y), 0);
  return { top: highest > 0 ? highest * HEADROOM : undefined, spikes: [] };
};

const spikeLimit = (points: readonly Point[]): number | undefined => {
  const values = points.map(({ y }) => y).toSorted((one, other) => one - other);
  const usual = values[Math.floor(values.length * 0.95)] ?? 0;
  const highest = values.at(-1) ?? 0;
  return usual > 0 && highest > usual * SPIKE ? usual * SPIKE_HEADROOM : undefined;
};

const spikesOver = (limit: number, points: readonly Point[]): readonly Point[] =>
  points
    .filter(({ y }) => y > limit)
    .toSorted((one, other) => other.y - one.y)
    .slice(0, MOST_SPIKES);
