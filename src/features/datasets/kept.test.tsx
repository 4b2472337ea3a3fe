import { afterEach, expect, test } from 'vitest';
import { fakeDataset, fakeId } from '../../fake-rows';
import type { FakeHandlers } from '../../fake-api';
import { mount } from '../../mount';
import { DatasetPage } from './dataset-page';
import { DatasetsPage } from './datasets-page';

type Mounted = Awaited<ReturnType<typeof mount>>;

let page: Mounted;
afterEach(() => page.unmount());

const HANDLERS: FakeHandlers = {
  datasets: {
    list: () => [fakeDataset(1, { name: 'Alpha' }), fakeDataset(2, { name: 'Beta' })],
    problems: () => ({ total: 0, problems: [] }),
    records: () => ({ total: 0, records: [] }),
  },
};

const names = () => [...document.querySelectorAll('tbody a')].map(({ textContent }) => textContent);

test('a list is sorted as it was left', async () => {
  page = await mount(<DatasetsPage />, HANDLERS);
  await page.until(() => expect(names()).toHaveLength(2));
  await page.click(page.button('Name'));
  await page.click(page.button('Name'));
  expect(names()).toEqual(['Beta', 'Alpha']);
  await page.unmount();
  page = await mount(<DatasetsPage />, HANDLERS);
  await page.until(() => expect(names()).toEqual(['Beta', 'Alpha']));
});

test('a dataset opens at the tab where it was left, another one at its first', async () => {
  const tab = () => document.querySelector('[role=tab][aria-selected=true]')?.textContent;
  page = await mount(<DatasetPage id={fakeId(1)} />, HANDLERS);
  await page.until(() => expect(tab()).toBe('Overview'));
  await page.click(page.button('Problems'));
  await page.until(() => expect(tab()).toMatch(/^Problems/));
  await page.unmount();
  page = await mount(<DatasetPage id={fakeId(1)} />, HANDLERS);
  await page.until(() => expect(tab()).toMatch(/^Problems/));
  await page.unmount();
  page = await mount(<DatasetPage id={fakeId(2)} />, HANDLERS);
  await page.until(() => expect(tab()).toBe('Overview'));
});
