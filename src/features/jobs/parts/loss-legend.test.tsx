import { afterEach, expect, test } from 'vitest';
import type { Mark } from '../../../components/line-chart-marks';
import { mount } from '../../../mount';
import { LossLegend } from './loss-legend';

let legend: Awaited<ReturnType<typeof mount>>;
afterEach(() => legend.unmount());

const namesOf = async (...marks: Mark[]) => {
  legend = await mount(<LossLegend curves={[]} marks={marks} />, {});
  return legend.text();
};

test('names a pruned checkpoint where one is drawn, beside those that are kept', async () => {
  expect(await namesOf({ kind: 'pruned', x: 50 }, { kind: 'kept', x: 100 })).toBe('checkpointpruned');
});

test('names nothing that is not drawn', async () => {
  expect(await namesOf({ kind: 'kept', x: 100 })).toBe('checkpoint');
});
