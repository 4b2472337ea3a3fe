import { afterEach, expect, test } from 'vitest';
import { mount } from '../mount';
import { ErrorState } from './states';

const LOCKED = { code: 'database_locked', message: 'Another process keeps it locked.', hint: 'Close it.' };

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

test('an error leads to the log, beside trying again and copying', async () => {
  page = await mount(<ErrorState title="No list" error={LOCKED} onRetry={() => undefined} />, {
    desktop: { show_log: () => undefined },
  });
  expect([...document.querySelectorAll('button')].map(({ textContent }) => textContent)).toEqual([
    'Try again',
    'Copy details',
    'Show the log',
  ]);
  await page.click(page.button('Show the log'));
  expect(page.fake.calls.map(({ name }) => name)).toContain('desktop.show_log');
});
