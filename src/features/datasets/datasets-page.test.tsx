import { act } from 'react';
import { afterEach, expect, test } from 'vitest';
import { fakeDataset, fakeId } from '../../fake-rows';
import { mount } from '../../mount';
import { DatasetsPage } from './datasets-page';

type Mounted = Awaited<ReturnType<typeof mount>>;

let page: Mounted;
afterEach(() => page.unmount());

const names = () => [...document.querySelectorAll('tbody a')].map(({ textContent }) => textContent);
const items = () => [...document.querySelectorAll<HTMLElement>('[role=menuitem]')];
const SLOWEST_MS = 5000;

test('a thousand datasets are a page of a hundred, searched and sorted over all', async () => {
  const all = Array.from({ length: 1000 }, (_, index) => fakeDataset(index + 1));
  page = await mount(<DatasetsPage />, { datasets: { list: () => all } });
  await page.until(() => expect(names()).toHaveLength(100));
  const search = page.find('input[data-search]');
  if (!(search instanceof HTMLInputElement)) throw new Error('The search is no field.');
  const startedAt = performance.now();
  await page.type(search, 'Dataset 77');
  await page.until(() => expect(names()).toHaveLength(11));
  expect(performance.now() - startedAt).toBeLessThan(SLOWEST_MS);
  await page.click(page.button('Name'));
  expect(names()[0]).toBe('Dataset 77');
});

test('the bin gives back, and removes for good only when asked twice', async () => {
  const deleted = [1, 2].map((nth) => fakeDataset(nth, { deleted_at: '2026-03-02T08:00:00.000Z' }));
  const gone: string[] = [];
  page = await mount(<DatasetsPage />, {
    datasets: {
      list: () => [],
      deleted: () => deleted.filter(({ id }) => !gone.includes(id)),
      restore: ({ id }) => {
        gone.push(id);
        return { ...fakeDataset(1), id, revision: 2 };
      },
      purge: ({ id }) => {
        gone.push(id);
        page.fake.emit('datasets', 'removed', { id });
      },
    },
  });
  await page.click(page.button('Bin'));
  await page.until(() => expect(document.querySelectorAll('tbody tr')).toHaveLength(2));
  await page.click(page.button('Restore Dataset 1'));
  await page.until(() => expect(document.querySelectorAll('tbody tr')).toHaveLength(1));
  await page.click(page.button('Delete Dataset 2 for good'));
  expect(gone).toEqual([fakeId(1)]);
  await page.until(() => expect(page.text()).toContain('Delete “Dataset 2” for good?'));
  await page.click(page.button('Delete for good'));
  await page.until(() => expect(page.text()).toContain('The bin is empty'));
  expect(gone).toEqual([fakeId(1), fakeId(2)]);
});

test('what is deleted, restored or purged elsewhere shows while the bin is open', async () => {
  const first = fakeDataset(1, { deleted_at: '2026-03-02T08:00:00.000Z' });
  page = await mount(<DatasetsPage />, {
    datasets: { list: () => [fakeDataset(2)], deleted: () => [first] },
  });
  await page.click(page.button('Bin'));
  await page.until(() => page.button('Restore Dataset 1'));
  const rows = () => [...document.querySelectorAll('tbody tr')].map(({ textContent }) => textContent);
  const second = fakeDataset(2, { deleted_at: '2026-03-03T08:00:00.000Z', revision: 2 });
  act(() => page.fake.emit('datasets', 'changed', second));
  expect(rows()).toEqual([expect.stringContaining('Dataset 2'), expect.stringContaining('Dataset 1')]);
  act(() => page.fake.emit('datasets', 'changed', { ...second, deleted_at: null, revision: 3 }));
  expect(rows()).toEqual([expect.stringContaining('Dataset 1')]);
  const cancelled = fakeDataset(3, { deleted_at: second.deleted_at, status: 'validating' });
  act(() => page.fake.emit('datasets', 'changed', cancelled));
  expect(rows()).toHaveLength(1);
  act(() => page.fake.emit('datasets', 'removed', { id: first.id }));
  expect(page.text()).toContain('The bin is empty');
});

test('a row is deleted as on its page: in the same word, after the same question', async () => {
  const deleted: string[] = [];
  page = await mount(<DatasetsPage />, {
    datasets: {
      list: () => [fakeDataset(1)],
      delete: ({ id }) => {
        deleted.push(id);
      },
    },
  });
  await page.until(() => page.button('More about Dataset 1'));
  await page.click(page.button('More about Dataset 1'));
  await page.until(() => expect(items().map(({ textContent }) => textContent)).toContain('Delete…'));
  const item = items().find(({ textContent }) => textContent === 'Delete…');
  if (item) await page.click(item);
  await page.until(() => expect(page.text()).toContain('Delete “Dataset 1”?'));
  expect(deleted).toEqual([]);
  await page.click(page.button('Delete dataset'));
  expect(deleted).toEqual([fakeId(1)]);
});

test('a row has its tokens once they were counted, and how many problems there are', async () => {
  const counted = fakeDataset(1, { name: 'Counted', total_tokens: 1_234_567 });
  const report = counted.report && { ...counted.report, problems_total: 12 };
  const plain = fakeDataset(2, { name: 'Plain', report });
  page = await mount(<DatasetsPage />, { datasets: { list: () => [plain] } });
  await page.until(() => expect(page.text()).toContain('12 problems'));
  expect(page.text()).not.toContain('Tokens');
  await page.unmount();
  page = await mount(<DatasetsPage />, { datasets: { list: () => [plain, counted] } });
  await page.until(() => expect(page.text()).toContain('1,234,567'));
  await page.click(page.button('Tokens'));
  expect(names()).toEqual(['Plain', 'Counted']);
});
