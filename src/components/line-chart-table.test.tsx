import { afterEach, expect, test } from 'vitest';
import { mount } from '../mount';
import { ChartTable } from './line-chart-table';

const CURVE = {
  name: 'training',
  number: 1,
  points: [
    { x: 1, y: 4.5 },
    { x: 9, y: 3.1 },
  ],
} as const;

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

const cells = () =>
  [...document.querySelectorAll('tr')].map(({ children }) =>
    [...children].map(({ textContent }) => textContent).join(' '),
  );

test('says of each value where it lies, also in the words of a second measure', async () => {
  const also = { name: 'epoch', at: (x: number) => String(x / 6) };
  page = await mount(<ChartTable label="Loss" series={[CURVE]} xUnit="steps" also={also} />, {});
  expect(cells()).toEqual(['steps epoch value', '1 0.16666666666666666 4.500', '9 1.5 3.100']);
});

test('has no such column where there is none', async () => {
  page = await mount(<ChartTable label="Loss" series={[CURVE]} xUnit="steps" />, {});
  expect(cells()).toEqual(['steps value', '1 4.500', '9 3.100']);
});
