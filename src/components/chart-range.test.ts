import { expect, test } from 'vitest';
import { clampRange, moveRange, pointsWithin, roundedOut, scaleRange } from './chart-range';

const WHOLE = { min: 0, max: 400 };

test('stays inside the whole and keeps its width there', () => {
  expect(clampRange({ min: -50, max: 50 }, WHOLE)).toEqual({ min: 0, max: 100 });
  expect(clampRange({ min: 380, max: 420 }, WHOLE)).toEqual({ min: 360, max: 400 });
});

test('is no zoom any more at the full width, and never narrower than can be read', () => {
  expect(clampRange({ min: -10, max: 500 }, WHOLE)).toBeNull();
  expect(clampRange({ min: 100, max: 100 }, WHOLE)).toEqual({ min: 100, max: 102 });
});

test('zooms about the middle and moves by a share of what is in view', () => {
  expect(scaleRange({ min: 100, max: 200 }, 0.5)).toEqual({ min: 125, max: 175 });
  expect(moveRange({ min: 100, max: 200 }, -0.25)).toEqual({ min: 75, max: 175 });
});

test('grows to whole numbers', () => {
  expect(roundedOut({ min: 12.3, max: 45.6 })).toEqual({ min: 12, max: 46 });
});

test('keeps one point beyond each edge', () => {
  const points = [0, 10, 20, 30, 40].map((x) => ({ x, y: x }));
  expect(pointsWithin(points, { min: 15, max: 25 }).map(({ x }) => x)).toEqual([10, 20, 30]);
  expect(pointsWithin(points, { min: 50, max: 60 }).map(({ x }) => x)).toEqual([40]);
});
