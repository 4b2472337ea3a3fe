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
test.afterEach(() => expect(pipeline.complaints).toEqual([]));

test.afterAll(async () => {
  await pipeline.close();
  await removeDataDir(pipeline.dataDir);
});

const HEAD = 'anfrage;auskunft\n';
const rows = (count: number) =>
  Array.from({ length: count }, (_, index) => `"How, ${index}?";"So <b>${index}</b>."\n`).join('');

const card = (name: string) => pipeline.page.getByRole('region', { name, exact: true });

const giveRole = async (file: string, column: string, role: string): Promise<void> => {
  await card(file).getByLabel(`Role of ${column}`).click();
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
  await giveRole('first.csv', 'anfrage', 'Question (user)');
  await giveRole('first.csv', 'auskunft', 'Answer (assistant)');
  await expect(card('first.csv').getByRole('group', { name: 'First records' })).toContainText('So <b>0</b>.');
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
});

test('files of one shape share one mapping, and another shape keeps its own', async () => {
  test.setTimeout(240_000);
  const { page, dataDir } = pipeline;
  const names = ['north.csv', 'south.csv', 'chats.jsonl'];
  const paths = names.map((name) => join(dataDir, name));
  const table = (count: number) => `kundenfrage;rat\n${rows(count)}`;
  const chat = {
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello.' },
    ],
  };
  await writeFile(paths[0] ?? '', table(4));
  await writeFile(paths[1] ?? '', table(5) + rows(2));
  await writeFile(paths[2] ?? '', `${JSON.stringify(chat)}\n`);
  await show(page, '/jobs');
  // One at a time, as a hand would: a drag that the browser makes while the page changes may be lost.
  for (const name of names) {
    await drop(page, join(dataDir, name));
    await expect(card(name)).toBeVisible();
  }
  for (const name of ['north.csv', 'south.csv'])
    await expect(card(name).getByText('Read together with 1 other file of the same shape')).toBeVisible();
  await expect(card('chats.jsonl').getByText('1 usable record of 1 record')).toBeVisible();
  await expect(card('chats.jsonl').getByText('of the same shape')).toHaveCount(0);
  await giveRole('south.csv', 'kundenfrage', 'Question (user)');
  await giveRole('south.csv', 'rat', 'Answer (assistant)');
  await card('south.csv').getByLabel('System prompt', { exact: true }).fill('You are brief.');
  await expect(card('north.csv').getByText('4 usable records of 4 records')).toBeVisible();
  await expect(card('north.csv').getByRole('group', { name: 'First records' })).toContainText(
    'You are brief.',
  );
  await expect(
    card('south.csv').getByRole('button', { name: '2 records repeat an earlier one' }),
  ).toBeVisible();
  await expect(card('chats.jsonl')).not.toContainText('You are brief.');
  expect(await violations(page)).toEqual([]);
  await card('north.csv').getByRole('button', { name: 'Read it on its own' }).click();
  await card('south.csv').getByLabel('System prompt', { exact: true }).fill('You are long.');
  await expect(card('south.csv').getByRole('group', { name: 'First records' })).toContainText(
    'You are long.',
  );
  await expect(card('north.csv').getByRole('group', { name: 'First records' })).toContainText(
    'You are brief.',
  );
  await page.getByRole('button', { name: 'Import 3 files' }).click();
  for (const name of ['north', 'south', 'chats'])
    await expect(page.getByRole('link', { name: `Open “${name}”` })).toBeVisible();
  await expect(page.getByText('2 records repeat an earlier one word for word')).toBeVisible();
});
