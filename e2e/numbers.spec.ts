import { expect, test } from '@playwright/test';
import { importAdvice } from './advice';
import { show, violations } from './app';
import { launch, removeDataDir, type LaunchedApp } from './launch';

let pipeline: LaunchedApp;
let id: string;

test.beforeAll(async () => {
  pipeline = await launch();
  id = await importAdvice(pipeline);
});

test.afterEach(() => expect(pipeline.complaints).toEqual([]));

test.afterAll(async () => {
  await pipeline.close();
  await removeDataDir(pipeline.dataDir);
});

test('the numbers of a dataset, with their methods, and the way to a record', async () => {
  const { page } = pipeline;
  await show(page, `/datasets/${id}`);
  await page.getByRole('tab', { name: 'Tokens' }).click();
  const figures = page.getByRole('region', { name: 'Tokens a record' });
  await expect(figures.getByText('Lost to the cut')).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole('table', { name: 'Tokens a record, as a table' })).toHaveCount(1);
  await expect(page.getByRole('region', { name: 'Leakage' })).toBeVisible({ timeout: 120_000 });
  expect(await violations(page)).toEqual([]);

  const trained = figures.getByRole('button', { name: /trained/ });
  await trained.focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  await expect(page.getByText('and what those lose that training cuts', { exact: false })).toBeVisible();
  await page.keyboard.press('Escape');

  const repeats = page.getByRole('table', { name: 'Records that repeat another' });
  const row = repeats.getByRole('button', { name: /Show line/ }).first();
  const line = (await row.getAttribute('aria-label'))?.match(/line ([\d,]+)/)?.[1] ?? '';
  await row.press('Enter');
  await expect(page.getByRole('tab', { name: 'What the model sees' })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await expect(page.getByRole('heading', { name: `Line ${line}` })).toBeVisible();
});

test('the design of a dataset that has one', async () => {
  const { page } = pipeline;
  await show(page, `/datasets/${id}`);
  await page.getByRole('tab', { name: 'Scaffolding' }).click();
  const table = page.getByRole('table', { name: 'Records by persona and arc' });
  await expect(table.getByRole('row')).toHaveCount(4, { timeout: 120_000 });
  await expect(page.getByRole('region', { name: 'Topics' })).toContainText('first home');
  expect(await violations(page)).toEqual([]);
});

test('the split is seen, tried with another share and seed, and taken into a run', async () => {
  const { page } = pipeline;
  await show(page, `/datasets/${id}`);
  await page.getByRole('tab', { name: 'Tokens' }).click();
  const split = page.getByRole('region', { name: 'Split' });
  await expect(split.getByRole('table', { name: 'How each stratum is divided' })).toContainText('first home');
  await expect(split.getByText('87 to train, 10 held out')).toBeVisible();
  await split.getByLabel('Held out', { exact: true }).click();
  await page.getByRole('option', { name: '20 % held out' }).click();
  await expect(split.getByText('78 to train, 19 held out')).toBeVisible();
  await split.getByLabel('Seed').fill('7');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Leakage' }).getByText(/seed 7$/)).toBeVisible({
    timeout: 120_000,
  });
  expect(await violations(page)).toEqual([]);
  await split.getByRole('button', { name: 'New run with it' }).click();
  const changed = page.getByRole('region', { name: 'Advanced' });
  await expect(changed).toContainText('Held out 0.2, was 0.1');
  await expect(changed).toContainText('Seed 7, was 42');
  await expect(page.getByText('78 train, 19 held out').first()).toBeVisible();
});
