import { act } from 'react';
import { afterEach, expect, test } from 'vitest';
import { fakeDataset, fakeId, fakeJob, fakeVersion } from '../../fake-rows';
import type { TrainingJob } from '../../lib/types/lora-training';
import { forgetKept } from '../../kept-state';
import { mount } from '../../mount';
import { paths } from '../../paths';
import { DatasetsPage } from './datasets-page';

type Mounted = Awaited<ReturnType<typeof mount>>;

let page: Mounted;
afterEach(async () => {
  await page.unmount();
  forgetKept();
});

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
  expect(page.text()).toMatch(/in \d+ days?|at a next start, unless a run needs it/u);
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

const report = fakeDataset(1).report;

test('rows are sorted by quality, and narrowed by format', async () => {
  const all = [
    fakeDataset(1, { name: 'Fair', report: report && { ...report, quality_mean: 3.1 } }),
    fakeDataset(2, {
      name: 'Odd',
      report: report && { ...report, format: 'alpaca', quality_mean: 4.6, problems_total: 3 },
    }),
    fakeDataset(3, { name: 'Bad', status: 'error', report: report && { ...report, format: null } }),
  ];
  page = await mount(<DatasetsPage />, { datasets: { list: () => all } });
  await page.until(() => expect(page.text()).toContain('4.60'));
  await page.click(page.button('Quality'));
  expect(names()).toEqual(['Bad', 'Fair', 'Odd']);
  await page.click(page.button('Format'));
  await page.until(() => page.find('[role=option]'));
  const options = [...document.querySelectorAll<HTMLElement>('[role=option]')];
  expect(options.map(({ textContent }) => textContent)).toEqual(['Any format', 'Chat messages', 'Alpaca']);
  if (options[2]) await page.click(options[2]);
  expect(names()).toEqual(['Odd']);
});

test('the worst state comes first', async () => {
  const all = [
    fakeDataset(1, { name: 'Ready' }),
    fakeDataset(2, { name: 'Odd', report: report && { ...report, problems_total: 3 } }),
    fakeDataset(3, { name: 'Bad', status: 'error' }),
  ];
  page = await mount(<DatasetsPage />, { datasets: { list: () => all } });
  await page.until(() => expect(names()).toHaveLength(3));
  const state = [...document.querySelectorAll<HTMLElement>('th button')].find(
    ({ textContent }) => textContent === 'State',
  );
  if (state) await page.click(state);
  expect(names()).toEqual(['Bad', 'Odd', 'Ready']);
});

test('what says something on hover lies above the link of its row and leads there too', async () => {
  page = await mount(<DatasetsPage />, { datasets: { list: () => [fakeDataset(1)] } });
  await page.until(() => page.find('time'));
  expect(page.find('time').parentElement?.className).toContain('z-10');
  await page.click(page.find('time'));
  expect(page.visited.at(-1)).toBe(paths.dataset(fakeId(1)));
});

test('a right click on a row offers what its button does', async () => {
  page = await mount(<DatasetsPage />, { datasets: { list: () => [fakeDataset(1)] } });
  await page.until(() => page.find('tbody tr'));
  const row = page.find('tbody tr');
  row.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }));
  const words = ['Open', 'New run', 'Name, description, tags…', 'Delete…'];
  await page.until(() => expect(items().map(({ textContent }) => textContent)).toEqual(words));
});

test('a page is kept for who comes back, and left where the order changes', async () => {
  const all = Array.from({ length: 250 }, (_, index) => fakeDataset(index + 1));
  page = await mount(<DatasetsPage />, { datasets: { list: () => all } });
  await page.until(() => page.button('Next page'));
  await page.click(page.button('Next page'));
  expect(page.text()).toContain('101 to 200 of 250');
  await page.unmount();
  page = await mount(<DatasetsPage />, { datasets: { list: () => all } });
  await page.until(() => expect(page.text()).toContain('101 to 200 of 250'));
  await page.click(page.button('Name'));
  expect(page.text()).toContain('1 to 100 of 250');
});

test('after a row is gone the focus is in the next one, at last on the title', async () => {
  const left = new Map([1, 2].map((nth) => [fakeId(nth), fakeDataset(nth)]));
  page = await mount(<DatasetsPage />, {
    datasets: {
      list: () => [...left.values()],
      delete: ({ id }) => {
        const dataset = left.get(id);
        left.delete(id);
        if (dataset)
          page.fake.emit('datasets', 'changed', {
            ...dataset,
            revision: 2,
            deleted_at: '2026-03-02T08:00:00.000Z',
          });
      },
    },
  });
  await page.until(() => page.button('More about Dataset 2'));
  for (const [name, next] of [
    ['Dataset 1', 'Dataset 2'],
    ['Dataset 2', 'Datasets'],
  ] as const) {
    page.button(`More about ${name}`).focus();
    await page.click(page.button(`More about ${name}`));
    await page.until(() => expect(items()).toHaveLength(4));
    const item = items().at(-1);
    if (item) await page.click(item);
    await page.until(() => page.button('Delete dataset'));
    await page.click(page.button('Delete dataset'));
    await page.until(() => expect(document.activeElement?.textContent).toBe(next));
  }
});

test('who deletes a dataset is told of the jobs that use it, and refused while one is at work', async () => {
  const ask = async (status: TrainingJob['status']) => {
    page = await mount(<DatasetsPage />, {
      datasets: {
        list: () => [fakeDataset(1)],
        versions: () => [fakeVersion(1, { runs: [fakeId(7)] })],
      },
      jobs: { list: () => [fakeJob(7, { name: 'First try', status }), fakeJob(8, { name: 'Of others' })] },
    });
    await page.until(() => page.button('More about Dataset 1'));
    await page.click(page.button('More about Dataset 1'));
    await page.until(() => expect(items()).toHaveLength(4));
    const item = items().at(-1);
    if (item) await page.click(item);
    await page.until(() => expect(page.text()).toContain('First try'));
    expect(page.text()).not.toContain('Of others');
  };
  await ask('completed');
  expect(page.text()).toContain('Used by “First try”.');
  expect(page.button('Delete dataset')).toMatchObject({ disabled: false });
  await page.unmount();
  await ask('running');
  expect(page.text()).toContain('“First try” is learning from it now.');
  expect(page.button('Delete dataset')).toMatchObject({ disabled: true });
});
