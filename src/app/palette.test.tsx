import { act } from 'react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeDataset, fakeId, fakeJob, fakeModel } from '../fake-rows';
import { DEFAULT_SETTINGS } from '../lib/types/system';
import { mount, standInForLayout } from '../mount';
import { paths } from '../paths';
import { Palette } from './palette';
import { openOverlay } from './ui-state';

const HOUR = 3_600_000;
const ago = (hours: number): string => new Date(Date.now() - hours * HOUR - 60_000).toISOString();

const JOBS = [
  fakeJob(1, { name: 'Field reports', status: 'interrupted', current_step: 1140, updated_at: ago(5) }),
  fakeJob(2, { name: 'Long notes', completed_at: ago(48), artifact_id: fakeId(2) }),
];

const CHECKPOINT = {
  step: 1100,
  path: 'checkpoints/step-001100',
  size_bytes: 58_000_000,
  sha256: 'a'.repeat(64),
  validation_loss: null,
  best: false,
  pruned: false,
  created_at: ago(6),
};

const KEPT = fakeModel(2, { name: 'Long notes' });
const AWAY = fakeModel(4, { name: 'Old notes', deleted_at: ago(24) });
let page: Awaited<ReturnType<typeof mount>>;

beforeEach(async () => {
  standInForLayout();
  page = await mount(<Palette />, {
    jobs: { list: () => JOBS, checkpoints: () => [CHECKPOINT] },
    datasets: { list: () => [fakeDataset(3, { name: 'Glossary' })] },
    models: {
      list: () => [KEPT],
      deleted: () => [AWAY],
      restore: () => ({ ...AWAY, deleted_at: null, revision: 3 }),
    },
    settings: { get: () => DEFAULT_SETTINGS },
  });
  act(() => openOverlay('palette'));
  await page.until(() => expect(options()).not.toEqual([]));
});

afterEach(async () => {
  act(() => openOverlay(null));
  await page.unmount();
});

const options = (): string[] =>
  [...document.querySelectorAll('[cmdk-item]')].map(({ textContent }) => textContent);
const input = (): HTMLInputElement => {
  const found = page.find('[cmdk-input]');
  if (found instanceof HTMLInputElement) return found;
  throw new Error('The field is none.');
};
const press = (key: string) => page.press(input(), key);
const isOpen = () => document.querySelector('[role=dialog]') !== null;
const footer = () => page.find('[cmdk-root] > p').textContent;
const search = async (words: string, first: string) => {
  await page.type(input(), words);
  await page.until(() => expect(options()[0]).toContain(first));
};

test('Tab on a thing lists what can be done with it, as its page calls it', async () => {
  await search('field', 'Field reports');
  expect(footer()).toContain('Tab more actions');
  await press('Tab');
  expect(options().map((words) => words.replace('⏎', ''))).toEqual([
    'Openinterrupted 5 h ago',
    'Resumefrom step 1,100',
    'New run like this',
    'Cancel…',
  ]);
  expect(footer()).toContain('4 entries');
  expect(footer()).not.toContain('Tab');
  expect(page.text()).toContain('Field reports');
});

test('what is dangerous asks on the page of the thing, as it does there', async () => {
  await search('glossary', 'Glossary');
  await press('Tab');
  await page.type(input(), 'delete');
  expect(options()).toEqual(['Delete…⏎']);
  await press('Enter');
  expect(page.visited.at(-1)).toBe(paths.dataset(fakeId(3)));
  expect(page.fake.calls.map(({ name }) => name)).not.toContain('datasets.delete');
  expect(isOpen()).toBe(false);
});

test.each(['Escape', 'Backspace'])('%s goes back to what was typed, with the palette open', async (key) => {
  await search('field', 'Field reports');
  await press('Tab');
  await press(key);
  expect(isOpen()).toBe(true);
  expect(input().value).toBe('field');
  expect(options()[0]).toContain('Field reports');
});

test('Backspace takes a letter away as long as there is one', async () => {
  await search('field', 'Field reports');
  await press('Tab');
  await page.type(input(), 'r');
  await press('Backspace');
  expect(options()).toContainEqual(expect.stringContaining('Resume'));
});

test('an action on a thing has more of them; what is about none has not', async () => {
  await search('resume', 'Resume “Field reports”');
  expect(footer()).toContain('Tab more actions');
  await press('Tab');
  expect(options()[0]).toContain('Open');
  await press('Escape');
  await search('theme: dark', 'Theme: dark');
  expect(footer()).not.toContain('Tab');
  await press('Tab');
  expect(options()).toEqual(['Theme: dark⏎']);
});

test('what is found says how it stands', async () => {
  await search('field', 'Field reports');
  expect(options()[0]).toContain('interrupted 5 h ago');
  expect(options()).toContainEqual(expect.stringContaining('Resume “Field reports”from step 1,100'));
  await search('long', 'Long notes');
  expect(options()).toContainEqual(expect.stringContaining('completed 2 days ago'));
  await search('glossary', 'Glossary');
  expect(options()[0]).toContain('ready');
});

test('says how many of all were found', async () => {
  await search('theme: dark', 'Theme: dark');
  expect(footer()).toMatch(/1 of \d+$/);
});

test('a model that is put away meanwhile can only be brought back', async () => {
  const away = fakeModel(2, { name: 'Long notes', deleted_at: ago(0), revision: 2 });
  act(() => page.fake.emit('models', 'changed', away));
  await search('bring', 'Bring model “Long notes” back');
  await search('long', 'Long notes');
  expect(options()).not.toContainEqual(expect.stringContaining('Export “Long notes”'));
  expect(options()).not.toContainEqual(expect.stringContaining('Open the model of “Long notes”'));
});

test('one that was put away before the program started is brought back, and is then as any other', async () => {
  await search('bring', 'Bring model “Old notes” back');
  await press('Enter');
  await page.until(() => expect(page.fake.calls.map(({ name }) => name)).toContain('models.restore'));
  act(() => openOverlay('palette'));
  await search('old', 'Old notes');
  expect(options()).toContainEqual(expect.stringContaining('Export “Old notes”'));
  expect(options()).not.toContainEqual(expect.stringContaining('Bring model'));
});

test('the model of a run is opened from it where it was not put away', async () => {
  await search('open the model', 'Open the model of “Long notes”');
});
