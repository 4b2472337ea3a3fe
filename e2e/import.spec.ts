import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { Dataset } from '../src/lib/types/lora-training';
import { call, show, violations } from './app';
import { drop } from './drop';
import { launch, removeDataDir, type LaunchedApp } from './launch';

let pipeline: LaunchedApp;
test.beforeAll(async () => {
  pipeline = await launch();
});
test.afterAll(async () => {
  await pipeline.close();
  await removeDataDir(pipeline.dataDir);
});

const HEAD = 'anfrage;auskunft\n';
const rows = (count: number) =>
  Array.from({ length: count }, (_, index) => `"How, ${index}?";"So <b>${index}</b>."\n`).join('');

const card = (name: string) => pipeline.page.getByRole('region', { name, exact: true });

const giveRole = async (column: string, role: string): Promise<void> => {
  await card('first.csv').getByLabel(`Role of ${column}`).click();
  await pipeline.page.getByRole('option', { name: role, exact: true }).click();
};

test('a table with unknown columns is mapped once, and the next one like it is read the same way', async () => {
  test.setTimeout(240_000);
  const { page, dataDir } = pipeline;
  const [first, second] = [join(dataDir, 'first.csv'), join(dataDir, 'second.csv')];
  await writeFile(first, HEAD + rows(30));
  await writeFile(second, HEAD + rows(7));
  await show(page, '/jobs');
  await drop(page, first);
  await expect(page.getByRole('heading', { level: 1, name: 'Import' })).toBeVisible();
  await expect(card('first.csv').getByText('No usable record')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Import', exact: true })).toBeDisabled();
  await giveRole('anfrage', 'Question (user)');
  await giveRole('auskunft', 'Answer (assistant)');
  await expect(card('first.csv').getByRole('region', { name: 'First records' })).toContainText(
    'So <b>0</b>.',
  );
  await expect(card('first.csv').getByText('30 usable records of 30 records, the whole file.')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  // Only a file that was imported is remembered.
  await expect(card('first.csv').getByRole('link', { name: 'Open “first”' })).toBeVisible();
  await drop(page, second);
  await expect(card('second.csv').getByText('Read as last time for files like this.')).toBeVisible();
  await expect(card('second.csv').getByText('7 usable records of 7 records')).toBeVisible();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await card('second.csv').getByRole('link', { name: 'Open “second”' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'second' })).toBeVisible();
  const datasets = await call(page, { name: 'datasets.list' }, z.array(Dataset));
  expect(datasets.map(({ name, report }) => [name, report?.usable_records]).toSorted()).toEqual([
    ['first', 30],
    ['second', 7],
  ]);
  expect(pipeline.complaints).toEqual([]);
});
