import { expect, test } from 'vitest';
import { fakeDataset } from '../../fake-rows';
import { mount } from '../../mount';
import { DatasetPage } from './dataset-page';

test('no number of the overview is without its method, for the pointer and the keyboard', async () => {
  const dataset = fakeDataset(1, { total_tokens: 12_345, description: 'For the desk.', tags: ['pilot'] });
  const page = await mount(<DatasetPage id={dataset.id} />, {
    datasets: { list: () => [dataset], versions: () => [] },
  });
  await page.until(() => page.find('dl'));
  const rows = [...document.querySelectorAll('dt')].map((term) => ({
    name: term.textContent,
    value: term.nextElementSibling,
  }));
  const isNumber = /^[\d.,]+$/;
  const numbers = rows.filter(({ value }) => isNumber.test(value?.textContent ?? ''));
  expect(numbers.map(({ name }) => name)).toEqual([
    'Read',
    'Usable',
    'Left out',
    'Exact duplicates',
    'Conversations',
    'Tokens',
    'Turns a conversation',
  ]);
  for (const { value } of numbers)
    expect(value?.querySelector('button')?.getAttribute('aria-description')).toMatch(/\w{3}.*\.$/);
  expect(page.text()).toContain('For the desk.');
  expect(page.find('[aria-label=Tags]').textContent).toBe('pilot');
});
