import { expect, test } from '@playwright/test';
import type { Locator } from '@playwright/test';
import { call, show } from './app';
import { inEveryDress } from './gallery/shots';
import { launch, removeDataDir, type LaunchedApp } from './launch';
import { Dataset } from '../src/lib/types/lora-training';

let pipeline: LaunchedApp;
let id: string;

test.beforeAll(async () => {
  pipeline = await launch();
  ({ id } = await call(pipeline.page, { name: 'datasets.import_sample' }, Dataset));
});

test.afterAll(async () => {
  await pipeline.close();
  await removeDataDir(pipeline.dataDir);
});

const press = async (button: Locator): Promise<void> => {
  await expect(button).toBeEnabled();
  await button.focus();
  await button.page().keyboard.press('Enter');
};

test('memory is measured, and the measurement stopped, by keys alone', async () => {
  const { page } = pipeline;
  await show(page, `/new-run/dataset/${id}`);
  const recipes = page.getByRole('region', { name: 'Recipe' });
  const measure = recipes.getByRole('button', { name: 'Measure memory' });
  const stop = recipes.getByRole('button', { name: 'Stop measuring' });
  await press(measure);
  await expect(stop).toBeFocused();
  await inEveryDress(pipeline, 'new-run-measuring', () => page.mouse.move(0, 0));
  await page.keyboard.press('Enter');
  await expect(measure).toBeFocused({ timeout: 60_000 });
  await expect(recipes.getByRole('alert')).toHaveCount(0);
});

test('a learning rate is found on the bundled model, by keys alone', async () => {
  // Forty real steps.
  test.setTimeout(900_000);
  const { page } = pipeline;
  await show(page, `/new-run/dataset/${id}`);
  await press(page.getByRole('button', { name: /^Advanced/ }));
  // Short steps: what is looked at is the window.
  await page.getByLabel('Batch size', { exact: true }).fill('1');
  await page.getByLabel('Max length', { exact: true }).fill('128');
  await press(page.getByRole('button', { name: 'Find…' }));
  const dialog = page.getByRole('dialog', { name: 'Find a learning rate' });
  await inEveryDress(pipeline, 'new-run-rate', () => expect(dialog).toBeVisible());
  await press(dialog.getByRole('button', { name: 'Start the test' }));
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
  await expect(page.getByText(/^Learning rate [\d.]+e-\d, was 1e-4$/)).toBeVisible();
});
