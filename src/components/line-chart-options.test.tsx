import { expect, test } from 'vitest';
import { annotationsOf } from './line-chart-marks';
import { alongOf, chartOptions, clearOfLast } from './line-chart-options';

test('the value axis ends with its values, unless the chart is bare or has a scale of powers', () => {
  const values = { min: 0.8, max: 5.2, step: 0.5 };
  const axis = (look: object) => chartOptions({ xUnit: 'steps', values, ...look }).scales?.['y'];
  expect(axis({})).toMatchObject({ min: 0.8, max: 5.2, ticks: { stepSize: 0.5, includeBounds: false } });
  expect(axis({ bare: true, yMax: 9 })).toMatchObject({ min: 0, max: 9 });
  expect(axis({ log: true })).toMatchObject({ type: 'logarithmic' });
});

test('an axis of rates has its powers of ten, and reads its places as rates', () => {
  const look = { xUnit: 'learning rate', xPowers: { min: 1e-6, max: 1e-2 } };
  const axis = chartOptions(look).scales?.['x'];
  expect(axis).toMatchObject({ type: 'logarithmic', min: 1e-6, max: 1e-2 });
  const built = { ticks: [1e-6, 2e-6, 1e-5, 5e-4, 1e-3, 1e-2].map((value) => ({ value })) };
  if (axis?.afterBuildTicks) Reflect.apply(axis.afterBuildTicks, null, [built]);
  expect(built.ticks.map(({ value }) => value)).toEqual([1e-6, 1e-5, 1e-3, 1e-2]);
  expect([alongOf(look)(1.23e-5), alongOf({})(12)]).toEqual(['1.2e-5', '12']);
});

test('the word of the best checkpoint stands on the side where no other is near', () => {
  const side = (...others: number[]) => {
    const coming = others.map((x) => ({ kind: 'coming' as const, x }));
    const word = annotationsOf([{ kind: 'best', x: 50 }, ...coming])['mark-1'];
    const scales = { x: { getPixelForValue: (value: number) => value * 10 } };
    const context = { chart: { scales, chartArea: { right: 1000 } } };
    const position: unknown = word && 'position' in word ? word.position : null;
    return typeof position === 'function' ? (Reflect.apply(position, null, [context]) as object) : null;
  };
  expect(side(90)).toMatchObject({ x: 'start' });
  expect(side(52)).toMatchObject({ x: 'end' });
  expect(side(48)).toMatchObject({ x: 'start' });
});

test('of all checkpoints only a pruned one is dashed', () => {
  const dashes = (['kept', 'coming', 'pruned'] as const).map((kind) => {
    const mark = annotationsOf([{ kind, x: 1 }])['mark-0'];
    return mark && 'borderDash' in mark && Array.isArray(mark.borderDash) ? mark.borderDash.length : 0;
  });
  expect(dashes).toEqual([0, 0, 2]);
});

test('an axis of steps has no half of one, and one of minutes may', () => {
  const precision = (look: object) =>
    chartOptions({ xUnit: 'steps', ...look }).scales?.['x']?.ticks as { precision?: number };
  expect(precision({ xWhole: true })).toMatchObject({ precision: 0 });
  expect(precision({ xUnit: 'min' })).not.toHaveProperty('precision');
});

test('no number of the axis runs into the last, which has the unit', () => {
  document.documentElement.style.setProperty('--text-xs', '12px');
  const ticks = [0, 40, 80, 120, 160, 171].map((value) => ({ value }));
  const left = (width: number) =>
    clearOfLast(ticks, { look: { xUnit: 'steps' }, width }).map(({ value }) => value);
  expect(left(4000)).toEqual([0, 40, 80, 120, 160, 171]);
  expect(left(900)).toEqual([0, 40, 80, 120, 171]);
});
