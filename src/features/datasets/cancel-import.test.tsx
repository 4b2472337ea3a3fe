import { expect, test } from 'vitest';
import { fakeDataset } from '../../fake-rows';
import { mount } from '../../mount';
import { paths } from '../../paths';
import { Toasts } from '../../components/toasts';
import { DatasetPage } from './dataset-page';

test('who cancels an import comes back to the list, and hears that nothing was kept', async () => {
  const dataset = fakeDataset(1, { status: 'validating', report: null });
  const page = await mount(
    <>
      <DatasetPage id={dataset.id} />
      <Toasts />
    </>,
    {
      datasets: {
        list: () => [dataset],
        versions: () => [],
        cancel_import: ({ id }) => {
          page.fake.emit('datasets', 'removed', { id });
        },
      },
    },
  );
  await page.until(() => page.button('Cancel import'));
  await page.click(page.button('Cancel import'));
  await page.until(() => expect(page.visited.at(-1)).toBe(paths.datasets));
  expect(page.text()).toContain('Nothing was kept.');
});
