import { expect, test } from 'vitest';
import { annotationsOf } from './line-chart-marks';
import { chartOptions } from './line-chart-options';

test('the value axis ends with its values, unless the chart is bare or has a scale of powers', () => {
  const values = { min: 0.8, max: 5.2, step: 0.5 };
  const axis = (look: object) => chartOptions({ xUnit: 'steps', values, ...look }).scales?.['y'];
  expect(axis({})).toMatchObject({ min: 0.8, max: 5.2, ticks: { stepSize: 0.5, includeBounds: false } });
  expect(axis({ bare: true, yMax: 9 })).toMatchObject({ min: 0, max: 9 });
  expect(axis({ log: true })).toMatchObject({ type: 'logarithmic' });
});

test('of all checkpoints only a pruned one is dashed', () => {
  const dashes = (['kept', 'coming', 'pruned'] as const).map((kind) => {
    const mark = annotationsOf([{ kind, x: 1 }])['mark-0'];
    return mark && 'borderDash' in mark && Array.isArray(mark.borderDash) ? mark.borderDash.length : 0;
  });
  expect(dashes).toEqual([0, 0, 2]);
});
