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

test('while they are read, each bar stands in a column under its head', async () => {
  page = await mount(<ModelsPage />, { models: { list: () => new Promise(() => undefined) } });
  const heads = document.querySelectorAll('thead th').length;
  expect(heads).toBe(7);
  for (const row of document.querySelectorAll('tbody tr'))
    expect(row.querySelectorAll('td .skeleton')).toHaveLength(heads);
});
