import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { importAdvice } from './advice';
import { call, show, violations } from './app';
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

test('where packing puts the borders, as soon as the tokens are counted', async () => {
  const { page } = pipeline;
  await show(page, `/datasets/${id}`);
  await page.getByRole('tab', { name: 'What the model sees' }).click();
  // Where a run on a processor cuts, a question of this dataset fills a whole row, so none would begin.
  await page.getByRole('combobox', { name: 'Max length' }).click();
  await page.getByRole('option', { name: 'Max length 2,048' }).click();
  const packing = page.getByRole('region', { name: 'Packing' });
  await expect(packing).toContainText('packs nothing', { timeout: 60_000 });
  await packing.getByRole('combobox', { name: 'Packing' }).click();
  await page.getByRole('option', { name: 'Packing on' }).click();
  await expect(packing).toContainText(/In step \d+ of the first epoch|held out/, { timeout: 60_000 });

  const [model] = await call(page, { name: 'base_models.list' }, z.array(z.object({ id: z.string() })));
  const ask = { id, base_model_id: model?.id ?? '', max_length: 2048 };
  const packs = { ...ask, packing: 'on' };
  const found = await Promise.all(
    [0, 1, 2].map((index) =>
      call(page, { name: 'datasets.packs', input: { ...packs, index } }, z.looseObject({})).catch(() => null),
    ),
  );
  const trained = found.findIndex((one) => one !== null);
  await page.getByRole('option').nth(trained).click();
  await expect(packing).toContainText(/In step \d+ of the first epoch/);
  const began = performance.now();
  await call(page, { name: 'datasets.packs', input: { ...packs, index: trained } }, z.unknown());
  expect(performance.now() - began).toBeLessThan(300);
  expect(await violations(page)).toEqual([]);
  if (process.env['SHOT'] !== undefined) await page.screenshot({ path: process.env['SHOT'] });
});
