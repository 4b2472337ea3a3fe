import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { show } from './app';
import { drop } from './drop';
import { GOOD_AND_BAD, STRANGE_ROWS, STRANGE_TABLE } from './gallery/import-texts';
import { dress, inEveryDress, SIZES, take } from './gallery/shots';
import { launch, removeDataDir, type LaunchedApp } from './launch';

let pipeline: LaunchedApp;

test.beforeAll(async () => {
  pipeline = await launch();
});

test.afterAll(async () => {
  await pipeline.close();
  await removeDataDir(pipeline.dataDir);
});

test('import, from an empty page to a file that cannot be used', async () => {
  test.setTimeout(600_000);
  const { page, dataDir } = pipeline;
  const write = async (name: string, text: string) => {
    const path = join(dataDir, name);
    await writeFile(path, text);
    return path;
  };
  const look = async (path: string) => {
    await show(page, '/jobs');
    await drop(page, path);
    await expect(page.getByRole('heading', { level: 1, name: 'Import' })).toBeVisible();
  };
  const remove = async () => {
    const button = page.getByRole('button', { name: /^Remove .* from this list$/ });
    while ((await button.count()) > 0) await button.first().click();
  };
  await inEveryDress(pipeline, 'import-empty', () => show(page, '/import'));
  await look(await write('Advice, with sources.jsonl', GOOD_AND_BAD));
  await inEveryDress(pipeline, 'import-problems', () => show(page, '/import'));
  await remove();
  await look(await write('Letters from the north.csv', STRANGE_TABLE));
  await look(await write('Letters from the south.csv', STRANGE_TABLE + STRANGE_ROWS));
  await inEveryDress(pipeline, 'import-shared', () => show(page, '/import'));
  await remove();
  await look(await write('Support letters.csv', STRANGE_TABLE));
  await inEveryDress(pipeline, 'import-mapping', async () => {
    await show(page, '/import');
    for (const [column, role] of [
      ['anfrage', 'Question (user)'],
      ['auskunft', 'Answer (assistant)'],
    ] as const) {
      await page.getByLabel(`Role of ${column}`).click();
      await page.getByRole('option', { name: role, exact: true }).click();
    }
    await expect(page.getByRole('group', { name: 'First records' })).toBeVisible();
  });
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByRole('link', { name: /^Open/ })).toBeVisible();
  await look(await write('Support letters, May.csv', STRANGE_TABLE));
  await inEveryDress(pipeline, 'import-as-before', () => show(page, '/import'));
  await remove();
  await look(await write('measurements.bin.jsonl', 'PK\u0003\u0004 nothing to read here'));
  await inEveryDress(pipeline, 'import-error', () => show(page, '/import'));
  await remove();
  await look(await write('Long letters.jsonl', GOOD_AND_BAD.repeat(40_000)));
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByText(/^Reading: .* left$/)).toBeVisible();
  await dress(page, 'light', SIZES[0]);
  await take(pipeline, 'import-running-light-1280');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Nothing of it was kept.')).toBeVisible();
});
