import { act } from 'react';
import { afterEach, expect, test } from 'vitest';
import { fakeModel } from '../../fake-rows';
import { mount } from '../../mount';
import { ModelsPage } from './models-page';

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

const names = () => [...document.querySelectorAll('tbody a')].map(({ textContent }) => textContent);
const quality = (final_validation_loss: number | null) => ({
  ...fakeModel(1).quality_metrics,
  final_validation_loss,
});

test('models are told apart by version and sorted by the change of their held-out loss', async () => {
  page = await mount(<ModelsPage />, {
    models: {
      list: () => [
        fakeModel(1, { quality_metrics: quality(2.32) }),
        fakeModel(2, { version: '2.0.0' }),
        fakeModel(3, { quality_metrics: quality(null) }),
      ],
    },
  });
  await page.until(() => expect(page.text()).toContain('2.0.0'));
  expect(page.text()).toContain('− 69.2 %');
  await page.click(page.button('Change'));
  expect(names()).toEqual(['Model 2', 'Model 1', 'Model 3']);
});

test('what was put away is brought back, with the way to its run', async () => {
  const away = [1, 2].map((nth) => fakeModel(nth, { deleted_at: '2026-03-02T08:00:00.000Z' }));
  const back: string[] = [];
  page = await mount(<ModelsPage />, {
    models: {
      list: () => [],
      deleted: () => away.filter(({ id }) => !back.includes(id)),
      restore: ({ id }) => {
        back.push(id);
        return fakeModel(away.findIndex((one) => one.id === id) + 1, { revision: 2 });
      },
    },
  });
  await page.click(page.button('Put away'));
  await page.until(() => expect(document.querySelectorAll('tbody tr')).toHaveLength(2));
  expect(document.querySelector('tbody a')?.getAttribute('href')).toContain(String(away[0]?.job_id));
  await page.click(page.button('Bring Model 1 back'));
  await page.until(() => expect(document.querySelectorAll('tbody tr')).toHaveLength(1));
  expect(back).toEqual([away[0]?.id]);
  await page.click(page.button('Kept'));
  await page.until(() => expect(names()).toEqual(['Model 1']));
  await page.click(page.button('Put away'));
  await page.click(page.button('Bring Model 2 back'));
  await page.until(() => expect(page.text()).toContain('Nothing was put away'));
});

test('what is put away, brought back or deleted elsewhere shows while the list is open', async () => {
  const away = fakeModel(1, { deleted_at: '2026-03-02T08:00:00.000Z' });
  page = await mount(<ModelsPage />, { models: { list: () => [fakeModel(2)], deleted: () => [away] } });
  await page.click(page.button('Put away'));
  await page.until(() => page.button('Bring Model 1 back'));
  const later = fakeModel(2, { deleted_at: '2026-03-03T08:00:00.000Z', revision: 2 });
  act(() => page.fake.emit('models', 'changed', later));
  const rows = () => [...document.querySelectorAll('tbody tr')].map(({ textContent }) => textContent);
  expect(rows()).toEqual([expect.stringContaining('Model 2'), expect.stringContaining('Model 1')]);
  act(() => page.fake.emit('models', 'changed', { ...later, deleted_at: null, revision: 3 }));
  expect(rows()).toEqual([expect.stringContaining('Model 1')]);
  act(() => page.fake.emit('models', 'removed', { id: away.id }));
  expect(page.text()).toContain('Nothing was put away');
});

test('while they are read, each bar stands in a column under its head', async () => {
  page = await mount(<ModelsPage />, { models: { list: () => new Promise(() => undefined) } });
  const heads = document.querySelectorAll('thead th').length;
  expect(heads).toBe(7);
  for (const row of document.querySelectorAll('tbody tr'))
    expect(row.querySelectorAll('td .skeleton')).toHaveLength(heads);
});
