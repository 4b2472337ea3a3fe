export interface Point {
  readonly x: number;
  readonly y: number;
}

/** At most two points a bucket, the lowest and the highest, in order: no spike is ever lost. */
export const downsample = (points: readonly Point[], buckets: number): Point[] => {
  if (points.length <= buckets * 2) return [...points];
  const size = points.length / buckets;
  return Array.from({ length: buckets }, (_, index) =>
    extremes(points.slice(Math.floor(index * size), Math.floor((index + 1) * size))),
  ).flat();
};

const extremes = (bucket: readonly Point[]): Point[] => {
  const [first, ...rest] = bucket;
  if (!first) return [];
  let [low, high] = [first, first];
  for (const point of rest) {
    if (point.y < low.y || Number.isNaN(point.y)) low = point;
    if (point.y > high.y) high = point;
  }
  if (low === high) return [low];
  return low.x < high.x ? [low, high] : [high, low];
};

/** Every so many points, for a table of at most `rows`. */
export const everySoMany = (points: readonly Point[], rows: number): Point[] => {
  const stride = Math.max(1, Math.ceil(points.length / rows));
  return points.filter((_, index) => index % stride === 0 || index === points.length - 1);
};

/** Centred mean over `radius` neighbours on each side, of those that are numbers; a gap stays one. */
export const smooth = (points: readonly Point[], radius: number): Point[] => {
  if (radius === 0) return [...points];
  const [sums, counts] = [[0], [0]];
  for (const { y } of points) {
    const counted = Number.isFinite(y);
    sums.push((sums.at(-1) ?? 0) + (counted ? y : 0));
    counts.push((counts.at(-1) ?? 0) + (counted ? 1 : 0));
  }
  return points.map(({ x, y }, index) => {
    if (!Number.isFinite(y)) return { x, y };
    const from = Math.max(0, index - radius);
    const to = Math.min(points.length, index + radius + 1);
    const count = (counts[to] ?? 0) - (counts[from] ?? 0);
    return { x, y: ((sums[to] ?? 0) - (sums[from] ?? 0)) / count };
  });
};
