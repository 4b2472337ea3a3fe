import { afterEach, expect, test } from 'vitest';
import { Toasts } from '../../components/toasts';
import { fakeBaseModel, fakeDataset, fakeEstimate, fakeId, fakeJob, fakeSettings } from '../../fake-rows';
import { AppError } from '../../lib/messages/app-error';
import type { Recipe } from '../../lib/types/recipe';
import { mount } from '../../mount';
import { NewRunPage } from './new-run-page';

type Mounted = Awaited<ReturnType<typeof mount>>;

let page: Mounted;
afterEach(() => page.unmount());

const DATA = [
  fakeDataset(1, { name: 'First', created_at: '2026-03-02T08:00:00.000Z' }),
  fakeDataset(3, { name: 'Second' }),
  fakeDataset(4, { name: 'Twin' }),
  fakeDataset(5, { name: 'Twin' }),
];
const BIN = [fakeDataset(8, { name: 'Binned', deleted_at: '2026-03-02T08:00:00.000Z' })];

const open = async (file: Recipe | AppError | null, runs = [fakeJob(6)]) => {
  const shown = (
    <>
      <NewRunPage />
      <Toasts />
    </>
  );
  page = await mount(shown, {
    datasets: { list: () => DATA, deleted: () => BIN, versions: () => [] },
    base_models: { list: () => [fakeBaseModel(2), fakeBaseModel(7)] },
    models: { list: () => [] },
    jobs: {
      list: () => runs,
      settings: ({ preset_id, changes }) => ({ ...fakeSettings(preset_id), ...changes }),
      estimate: () => fakeEstimate(),
      datasets: () => [],
    },
    desktop: {
      choose_recipe: () => {
        if (file instanceof AppError) throw file;
        return file && { file_name: 'x.json', recipe: file };
      },
      save_recipe: () => '/kept/mine.json',
    },
  });
  await page.until(() => expect(isDisabled('Start run')).toBe(false));
};

const isDisabled = (label: string) => page.button(label).hasAttribute('disabled');
const card = (title: string) => page.find(`[data-recipe="${title}"]`).textContent;
const chosen = () => page.find('[role=radio][aria-checked=true]').closest('[data-recipe]');
const note = () => page.find('header').textContent;

const menuItems = () => [...document.querySelectorAll<HTMLElement>('[role=menuitem]')];

const load = async (words: string) => {
  await page.click(page.button('Load settings…'));
  await page.until(() => expect(menuItems()).not.toEqual([]));
  const item = menuItems().find(({ textContent }) => textContent.startsWith(words));
  if (!item)
    throw new Error(
      `${words} is not among ${menuItems()
        .map((one) => one.textContent)
        .join()}`,
    );
  await page.click(item);
};

const lastOwn = () =>
  page.fake.calls
    .filter(({ name }) => name === 'jobs.estimate')
    .map(({ input }) => input)
    .findLast((input) => Reflect.get(Object(input), 'preset_id') !== 'balanced');

test('offers the last run, a few before it by age, and a file', async () => {
  const runs = [1, 2, 3, 4, 5, 6].map((nth) =>
    fakeJob(nth, { name: `Run ${nth}`, created_at: `2026-03-0${nth}T08:00:00.000Z` }),
  );
  await open(null, runs);
  await page.click(page.button('Load settings…'));
  await page.until(() => expect(menuItems()).toHaveLength(5));
  expect(menuItems().map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/^Last run “Run 6”.*ago$/u),
    expect.stringMatching(/^“Run 5”.*ago$/u),
    expect.stringMatching(/^“Run 4”.*ago$/u),
    expect.stringMatching(/^“Run 3”.*ago$/u),
    'A file…',
  ]);
});

test('fills data, model, recipe and name from a file, with what it changes marked', async () => {
  await open({
    dataset: 'Second',
    base_model: 'Base 7',
    preset: 'conservative',
    name: 'Mine',
    changes: { lora_rank: 64, max_steps: null },
  });
  await load('A file…');
  await page.until(() => expect(card('custom')).toContain('rank 64'));
  expect(chosen()).toBe(page.find('[data-recipe="custom"]'));
  expect(note()).toContain('Filled from file “x.json”');
  expect(page.button('Advanced').textContent).toContain('1 changed');
  expect(page.button('Advanced').textContent).toContain('Rank 64, was 8');
  expect(page.field('Name').value).toBe('Mine');
  await page.until(() =>
    expect(lastOwn()).toEqual({
      dataset_id: fakeId(3),
      base_model_id: fakeId(7),
      preset_id: 'conservative',
      changes: { lora_rank: 64 },
    }),
  );
  expect(isDisabled('Start run')).toBe(false);
});

test('keeps what a file changes while the data that it names is not here', async () => {
  await open({ dataset: 'Third', preset: 'conservative', changes: { lora_rank: 64 } });
  await page.click(page.button('Advanced'));
  await load('A file…');
  await page.until(() => expect(page.field('Rank').value).toBe('64'));
  expect(chosen()).toBe(page.find('[data-recipe="custom"]'));
  expect(page.button('Advanced').textContent).not.toContain('changed');
  expect([page.field('Rank').disabled, page.field('Epochs').disabled]).toEqual([true, true]);
  expect(page.find('button[aria-label="Schedule"]').hasAttribute('disabled')).toBe(true);
});

test('keeps the name that was typed where a file gives none', async () => {
  await open({ preset: 'aggressive', changes: {} });
  await page.type(page.field('Name'), 'Typed');
  await load('A file…');
  await page.until(() => expect(chosen()).toBe(page.find('[data-recipe="aggressive"]')));
  expect(page.field('Name').value).toBe('Typed');
});

test('chooses the recipe itself where a file changes nothing of it, and keeps data that it does not name', async () => {
  await open({ preset: 'aggressive', changes: { lora_rank: 32 } });
  await load('A file…');
  await page.until(() => expect(chosen()).toBe(page.find('[data-recipe="aggressive"]')));
  expect(page.field('Name').value).toBe('First, aggressive');
  await page.until(() => expect(isDisabled('Start run')).toBe(false));
});

test.each([
  [{ dataset: 'Third' }, 'The file names the dataset “Third”, which is not here; choose another.'],
  [
    { dataset: 'Binned' },
    'The file names the dataset “Binned”, which is in the bin; bring it back, or choose another.',
  ],
  [{ dataset: fakeId(1).slice(0, 8) }, 'The ids of 4 datasets begin with “00000000”; choose one.'],
  [
    { base_model: 'x'.repeat(200) },
    `The file names the base model “${'x'.repeat(80)}…”, which is not here; choose another.`,
  ],
  [{ dataset: 'Twin' }, '2 datasets are called “Twin”; choose one.'],
  [{ base_model: 'Base 9' }, 'The file names the base model “Base 9”, which is not here; choose another.'],
])('says what of %j is not there, and takes no other', async (words, reason) => {
  await open({ ...words, changes: {} });
  await load('A file…');
  await page.until(() => expect(note()).toContain(reason));
  expect(isDisabled('Start run')).toBe(true);
});

test('says why a file cannot be taken, and leaves the page as it is', async () => {
  await open(new AppError({ code: 'invalid_setting', message: 'x.json: lora_rank is 0.', hint: 'So.' }));
  await load('A file…');
  await page.until(() => expect(page.find('[role=alert]').textContent).toContain('x.json: lora_rank is 0.'));
  expect(note()).not.toContain('Filled from');
});

test('leaves the page as it is where no file was chosen', async () => {
  await open(null);
  await load('A file…');
  await page.until(() => expect(isDisabled('Load settings…')).toBe(false));
  expect(note()).not.toContain('Filled from');
});

test('fills from a past run, also again after changes', async () => {
  const rank = { ...fakeSettings('balanced'), lora_rank: 64 };
  await open(null, [fakeJob(6, { name: 'Long', dataset_id: fakeId(3), hyperparameters: rank })]);
  await load('Last run “Long”');
  await page.until(() => expect(note()).toContain('Filled from run “Long”'));
  await page.until(() => expect(card('custom')).toContain('rank 64'));
  await page.click(page.button('Advanced'));
  await page.until(() => expect(page.field('Rank').value).toBe('64'));
  await page.type(page.field('Rank'), '7');
  await page.until(() => expect(card('custom')).toContain('rank 7'));
  await load('Last run “Long”');
  await page.until(() => expect(card('custom')).toContain('rank 64'));
});

const RUNS = [fakeJob(6, { name: 'Long', dataset_id: fakeId(3) })];

test.each([
  ['A file…', 'Filled from file “x.json”'],
  ['Last run “Long”', 'Filled from run “Long”'],
])('brings back what was chosen and typed before “%s”', async (words, filled) => {
  await open({ dataset: 'Second', name: 'Other', changes: {} }, RUNS);
  await page.type(page.field('Name'), 'Typed');
  await page.click(page.button('Advanced'));
  await page.type(page.field('Rank'), '64');
  await page.until(() => expect(card('custom')).toContain('rank 64'));
  await load(words);
  await page.until(() => expect(note()).toContain(filled));
  await page.until(() => expect(card('custom')).not.toContain('rank 64'));
  expect(page.field('Name').value).not.toBe('Typed');
  await page.click(page.button('Undo'));
  await page.until(() => expect(card('custom')).toContain('rank 64'));
  expect([page.field('Name').value, page.field('Rank').value]).toEqual(['Typed', '64']);
  expect(note()).not.toContain('Filled from');
  await page.until(() => expect(page.text()).not.toContain('What was chosen before was replaced.'));
});

test('offers nothing back where nothing was chosen, says what it filled, and keeps the focus', async () => {
  await open(null, RUNS);
  const said = page.find('header [role=status]');
  page.button('Load settings…').focus();
  await load('Last run “Long”');
  await page.until(() => expect(said.textContent).toBe('Filled from run “Long”'));
  expect(said.isConnected).toBe(true);
  await page.until(() => expect(document.activeElement).toBe(page.button('Load settings…')));
  expect(page.text()).not.toContain('Undo');
});
