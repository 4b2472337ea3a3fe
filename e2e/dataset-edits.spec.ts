import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Locator } from '@playwright/test';
import { importFile, show, violations } from './app';
import { launch, removeDataDir, type LaunchedApp } from './launch';
import { writeQuestions } from './questions';

/** More than this page has. */
const MOST_STOPS = 80;
const SLOW = { timeout: 240_000 };

let pipeline: LaunchedApp;
let folder: string;
let id: string;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  pipeline = await launch();
  folder = await mkdtemp(join(tmpdir(), 'pipeline edits ü '));
  id = (await importFile(pipeline.page, await writeQuestions(folder))).id;
  await show(pipeline.page, `/datasets/${id}`);
  await pipeline.page.evaluate(() => {
    window.addEventListener('pointerdown', () => console.error('a pointer was used'), { capture: true });
  });
});

test.afterEach(() => expect(pipeline.complaints).toEqual([]));

test.afterAll(async () => {
  await pipeline.close();
  await removeDataDir(pipeline.dataDir);
  await rm(folder, { recursive: true, force: true });
});

const press = (...keys: readonly string[]): Promise<void> =>
  keys.reduce((before, key) => before.then(() => pipeline.page.keyboard.press(key)), Promise.resolve());

const tabTo = async (target: Locator): Promise<void> => {
  await expect(target).toBeVisible(SLOW);
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    await press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`The keyboard does not reach ${String(target)}.`);
};

const pressButton = async (name: string | RegExp): Promise<void> => {
  await tabTo(pipeline.page.getByRole('button', { name }));
  await press('Enter');
};

/** To a tab of the page, from wherever the focus is. */
const toTab = async (name: RegExp): Promise<void> => {
  const tab = pipeline.page.getByRole('tab', { name });
  await tabTo(pipeline.page.locator('[role=tab][aria-selected=true]'));
  for (let step = 0; step < 8; step += 1) {
    if ((await tab.getAttribute('aria-selected')) === 'true') return;
    await press('ArrowRight');
  }
};

test('records are left out by the filter of their problem', async () => {
  const { page } = pipeline;
  await toTab(/^Problems/);
  await tabTo(page.getByRole('button', { name: 'All', exact: true }));
  await press('ArrowRight', 'ArrowRight', 'Enter');
  await expect(page.getByRole('list', { name: 'Problems' }).getByRole('listitem')).toHaveCount(3);
  await tabTo(page.getByRole('button', { name: 'Show line' }).first());
  await press('Enter');
  await expect(page.getByLabel('Line 5', { exact: true })).toContainText('{{name}}');
  expect(await violations(page)).toEqual([]);
  await pressButton('Exclude these records…');
  await expect(page.getByRole('dialog', { name: 'Exclude 3 records?' })).toContainText(
    '27 of 30 records remain',
  );
  expect(await violations(page)).toEqual([]);
  await expect(page.getByRole('button', { name: 'Exclude 3 records' })).toBeFocused();
  await press('Enter');
  await expect(page.getByText('Version 2 is in use: 3 records excluded.')).toBeVisible(SLOW);
  await expect(page.getByRole('tab', { name: 'Records 27' })).toBeVisible();
});

test('the difference is seen, and excluded records can be', async () => {
  const { page } = pipeline;
  await pressButton('See the difference');
  await expect(page.getByText('0 changed, 3 removed, 0 added, 27 as they were.')).toBeVisible(SLOW);
  await expect(page.getByRole('list', { name: 'Changed records' }).getByRole('listitem')).toHaveCount(3);
  expect(await violations(page)).toEqual([]);
  await toTab(/^Records/);
  await tabTo(page.getByRole('button', { name: 'In use 27' }));
  await press('ArrowRight', 'Enter');
  await expect(page.getByRole('option', { name: /excluded/ })).toHaveCount(3);
  await expect(page.getByRole('button', { name: 'Include again…' })).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test('a safe fix is shown before it is applied', async () => {
  const { page } = pipeline;
  await toTab(/^Problems/);
  await pressButton('Safe fixes…');
  const dialog = page.getByRole('dialog', { name: 'Safe fixes' });
  await expect(dialog.getByText('changes 27 records')).toBeVisible(SLOW);
  await expect(dialog.getByRole('checkbox', { name: /^Merge the system text/ })).toBeDisabled(SLOW);
  await tabTo(dialog.getByRole('checkbox', { name: /^Trim white space/ }));
  await press('Space');
  await expect(dialog.getByText('27 changed, 0 removed, 0 added, 0 as they were.')).toBeVisible(SLOW);
  await expect(dialog.getByRole('listitem').first()).toContainText(
    /before: −Question 0\?·after: \+Question 0\?$/,
  );
  expect(await violations(page)).toEqual([]);
  await pressButton('Apply and make version 3');
  await expect(page.getByText('Version 3 is in use: white space trimmed.')).toBeVisible(SLOW);
});

test('the version before and the first one are used again', async () => {
  const { page } = pipeline;
  await pressButton('Use the version before');
  await expect(page.getByText('Version 2', { exact: true })).toBeVisible();
  await toTab(/^Versions/);
  await expect(page.getByRole('table', { name: 'Versions' }).getByRole('row')).toHaveCount(4);
  await pressButton('Use version 1');
  await expect(page.getByRole('tab', { name: 'Records 30' })).toBeVisible();
  await expect(page.getByRole('row', { name: /^1 in use As imported .* 30/ })).toBeVisible();
});

test('the list of problems is saved', async () => {
  const { app } = pipeline;
  const target = join(folder, 'problems.csv');
  await app.evaluate(({ dialog }, path) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: path });
  }, target);
  await toTab(/^Problems/);
  await pressButton('Save the list…');
  await expect
    .poll(() => readFile(target, 'utf8').catch(() => ''))
    .toMatch(/^\ufeff?line,path,record_id[^]*unsupported_content/);
});

test('a newer file is shown before a version is made of it', async () => {
  const { app, page } = pipeline;
  const newer = join(folder, 'corrected ü.jsonl');
  const [first = '', ...lines] = (await readFile(join(folder, 'field reports.jsonl'), 'utf8'))
    .trimEnd()
    .split('\n');
  await writeFile(newer, [...lines, first.replace('Question', 'Another question')].join('\n'));
  await app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
  }, newer);
  await pressButton('New version…');
  const dialog = page.getByRole('dialog', { name: 'New version from a file' });
  await expect(dialog.getByText('0 changed, 1 removed, 1 added, 29 as they were.')).toBeVisible(SLOW);
  expect(await violations(page)).toEqual([]);
  await pressButton('Make version 4');
  await expect(page.getByText('Version 4 is in use: read from corrected ü.jsonl.')).toBeVisible(SLOW);
});
