import { describe, expect, it } from 'vitest';
import { downsample, everySoMany, smooth } from './downsample';
import type { Point } from './downsample';

const points = (values: readonly number[]): Point[] => values.map((y, x) => ({ x, y }));

describe('downsample', () => {
  it('leaves few points as they are', () => {
    expect(downsample(points([3, 1, 2]), 2)).toEqual(points([3, 1, 2]));
  });

  it('keeps the lowest and the highest of each bucket, in their order', () => {
    const values = [5, 5, 9, 5, 1, 5, 5, 5, 5, 7];
    expect(downsample(points(values), 2)).toEqual([
      { x: 2, y: 9 },
      { x: 4, y: 1 },
      { x: 5, y: 5 },
      { x: 9, y: 7 },
    ]);
  });

  it('loses no spike of ten thousand points', () => {
    const values = Array.from({ length: 10_000 }, (_, index) => (index === 7_777 ? 99 : 1));
    expect(Math.max(...downsample(points(values), 600).map(({ y }) => y))).toBe(99);
  });
});

describe('everySoMany', () => {
  it('ends with the last point', () => {
    expect(everySoMany(points([0, 1, 2, 3, 4, 5]), 3).map(({ x }) => x)).toEqual([0, 2, 4, 5]);
    expect(everySoMany([], 3)).toEqual([]);
  });
});

describe('smooth', () => {
  it('is the mean of the neighbours, of fewer at the ends', () => {
    expect(smooth(points([1, 2, 6]), 1).map(({ y }) => y)).toEqual([1.5, 3, 4]);
  });

  it('changes nothing without a radius', () => {
    expect(smooth(points([1, 2]), 0)).toEqual(points([1, 2]));
  });

  it('is taken over what are numbers and leaves a gap where none is', () => {
    const smoothed = smooth(points([1, 3, Number.NaN, 5, 7]), 1);
    expect(smoothed.map(({ y }) => y)).toEqual([2, 2, Number.NaN, 6, 6]);
  });
});
