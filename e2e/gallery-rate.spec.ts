import { expect, test } from '@playwright/test';
import { call, show } from './app';
import { inEveryDress } from './gallery/shots';
import { launch, removeDataDir, type LaunchedApp } from './launch';
import { Dataset } from '../src/lib/types/lora-training';

let pipeline: LaunchedApp;

test.beforeAll(async () => {
  pipeline = await launch();
});

test.afterAll(async () => {
  await pipeline.close();
  await removeDataDir(pipeline.dataDir);
});

test('a learning rate is found on the bundled model, by keys alone', async () => {
  // Forty real steps.
  test.setTimeout(900_000);
  const { page } = pipeline;
  const { id } = await call(page, { name: 'datasets.import_sample' }, Dataset);
  await show(page, `/new-run/dataset/${id}`);
  await page.getByRole('button', { name: /^Advanced/ }).press('Enter');
  // Short steps: what is looked at is the window.
  await page.getByLabel('Batch size', { exact: true }).fill('1');
  await page.getByLabel('Max length', { exact: true }).fill('128');
  await expect(page.getByRole('button', { name: 'Find…' })).toBeEnabled();
  await page.getByRole('button', { name: 'Find…' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Find a learning rate' });
  await inEveryDress(pipeline, 'new-run-rate', () => expect(dialog).toBeVisible());
  await dialog.getByRole('button', { name: 'Start the test' }).press('Enter');
  await expect(dialog.getByRole('button', { name: 'Stop' })).toBeFocused();
  await expect(dialog.getByText(/^Step \d+ of 40: loss /)).toBeVisible({ timeout: 120_000 });
  await page.keyboard.press('Enter');
  await expect(dialog.getByText(/^Stopped after \d+ steps?\. Nothing was kept/)).toBeVisible({
    timeout: 60_000,
  });
  await expect(dialog.getByRole('button', { name: 'Test again' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog.getByText(/^Suggested: /)).toBeVisible({ timeout: 600_000 });
  await inEveryDress(pipeline, 'new-run-rate-found', () => page.mouse.move(0, 0));
  await dialog.getByRole('button', { name: 'Test again' }).focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByText(/^Learning rate [\d.]+e-\d, was 2e-4$/)).toBeVisible();
});
