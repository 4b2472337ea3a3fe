import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatOnScale, valueScale } from './value-scale';

const curve = (...values: number[]) => [values.map((y, x) => ({ x, y }))];

const ticks = (...values: number[]) => {
  const scale = valueScale(curve(...values));
  if (!scale) return [];
  const first = Math.ceil(scale.min / scale.step);
  const count = Math.floor(scale.max / scale.step) - first + 1;
  return Array.from({ length: count }, (_, index) => formatOnScale((first + index) * scale.step, scale));
};

test('shows the values with a little room, and at least six numbers with a decimal', () => {
  expect(valueScale(curve(1.2, 4.7))).toMatchObject({ step: 0.5 });
  expect(ticks(1.2, 4.7)).toEqual(['1.5', '2.0', '2.5', '3.0', '3.5', '4.0', '4.5']);
  expect(valueScale(curve(1, 5))?.min).toBeCloseTo(0.8);
  expect(valueScale(curve(1, 5))?.max).toBeCloseTo(5.2);
  expect(ticks(0.94, 1.0)).toEqual(['0.94', '0.95', '0.96', '0.97', '0.98', '0.99', '1.00']);
});

test('steps that gave no number have no part in it, and without a value there is no scale', () => {
  expect(valueScale(curve(2, Number.NaN, 3))).toEqual(valueScale(curve(2, 3)));
  expect(valueScale(curve(Number.NaN))).toBeNull();
  expect(valueScale([])).toBeNull();
});

test('a curve without a change lies in the middle of its scale', () => {
  const scale = valueScale(curve(2, 2));
  expect(((scale?.min ?? 0) + (scale?.max ?? 0)) / 2).toBeCloseTo(2);
});

test('whatever the values, all of them are in view beside six numbers or more, and not too many', () => {
  const value = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), (values) => {
      const scale = valueScale(curve(...values));
      if (!scale) throw new Error('There is no scale.');
      expect(scale.min).toBeLessThanOrEqual(Math.min(...values));
      expect(scale.max).toBeGreaterThanOrEqual(Math.max(...values));
      const count = (scale.max - scale.min) / scale.step;
      expect(count).toBeGreaterThan(4.9);
      expect(count).toBeLessThan(20);
    }),
  );
});
