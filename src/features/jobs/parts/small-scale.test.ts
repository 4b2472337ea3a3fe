import { expect, test } from 'vitest';
import { scaleOf } from './small-scale';

const pointsOf = (...values: number[]) => values.map((y, x) => ({ x, y }));

test('the highest value, planned ones too, stays a sixth of the scale below its top', () => {
  const [measured, planned] = [pointsOf(1, 4), pointsOf(4, 5)];
  expect(scaleOf([measured])).toEqual({ top: 4.8, spikes: [] });
  expect(scaleOf([measured, planned])).toEqual({ top: 6, spikes: [] });
});

test('one spike does not flatten the rest: it is cut off, and named', () => {
  const usual = pointsOf(...Array.from({ length: 40 }, () => 1), 9);
  const { top, spikes } = scaleOf([usual]);
  expect(top).toBe(1.4);
  expect(spikes).toEqual([{ x: 40, y: 9 }]);
});

test('nothing measured, or nothing but noughts, has no scale', () => {
  expect(scaleOf([[]])).toEqual({ top: undefined, spikes: [] });
  expect(scaleOf([pointsOf(0, 0)])).toEqual({ top: undefined, spikes: [] });
});
