import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { call, show } from '../app';

/** What opens over a page: menus, lists and tips, which have to be as good as the page for those who hear it. */
export const takePopups = async ({
  page,
  sample,
  putAway,
  once,
}: {
  readonly page: Page;
  readonly sample: string;
  /** A model that is put away for its picture. */
  readonly putAway: string;
  readonly once: (name: string, arrange: () => Promise<void>) => Promise<void>;
}): Promise<void> => {
  await once('datasets-menu', async () => {
    await show(page, '/datasets');
    await page.getByRole('button', { name: 'More about Field reports, spring' }).click();
    await expect(page.getByRole('menu')).toBeVisible();
  });
  await page.keyboard.press('Escape');
  await once('datasets-filter', async () => {
    await page.getByRole('combobox', { name: 'State' }).click();
    await expect(page.getByRole('listbox')).toBeVisible();
  });
  await page.keyboard.press('Escape');
  await once('jobs-context-menu', async () => {
    await show(page, '/jobs');
    await page.getByRole('link', { name: 'Lighthouse keeper, balanced' }).click({ button: 'right' });
    await expect(page.getByRole('menu')).toBeVisible();
  });
  await page.keyboard.press('Escape');
  await once('new-run-tooltip', async () => {
    await show(page, `/new-run/dataset/${sample}`);
    const recipe = page.getByRole('radiogroup', { name: 'Recipe' });
    await recipe
      .getByText(/^≈ \d+ min/)
      .first()
      .hover();
    await expect(page.getByText(/^From (\d+ past runs|one past run) of this base model/)).toBeVisible();
  });
  await page.mouse.move(0, 0);
  await once('models-put-away', async () => {
    await call(page, { name: 'models.delete', input: { id: putAway } }, z.unknown());
    await show(page, '/models');
    await page.getByRole('button', { name: 'Put away' }).click();
    await expect(page.getByRole('button', { name: /^Bring .* back$/ })).toBeVisible();
  });
  await call(page, { name: 'models.restore', input: { id: putAway } }, z.unknown());
};
