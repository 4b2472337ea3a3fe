import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { fakeBaseModel, fakeDataset, fakeEstimate, fakeSettings } from '../../fake-rows';
import { readRecipe, recipeText } from '../../lib/training/recipe-text';
import { Recipe } from '../../lib/types/recipe';
import { mount } from '../../mount';
import { readDrafts } from './drafts';
import { ownOfFile } from './loaded-file';
import { NewRunPage } from './new-run-page';

type Mounted = Awaited<ReturnType<typeof mount>>;

let page: Mounted | undefined;
afterEach(async () => {
  await page?.unmount();
  page = undefined;
});

const saved = (shown: Mounted) =>
  shown.fake.calls.filter(({ name }) => name === 'desktop.save_recipe').map(({ input }) => input);

test('saves the preset and what is changed, never the data, and nothing that is not valid', async () => {
  const shown = await mount(<NewRunPage />, {
    datasets: { list: () => [fakeDataset(1, { name: 'Answers' })], versions: () => [] },
    base_models: { list: () => [fakeBaseModel(2)] },
    models: { list: () => [] },
    jobs: {
      list: () => [],
      settings: ({ preset_id }) => fakeSettings(preset_id),
      estimate: () => fakeEstimate(),
      datasets: () => [],
    },
    desktop: { save_recipe: () => null },
  });
  page = shown;
  const isDisabled = () => shown.button('Save as recipe').hasAttribute('disabled');
  await shown.until(() => expect(isDisabled()).toBe(false));
  await shown.click(shown.button('Advanced'));
  await shown.until(() => expect(shown.field('Rank').value).toBe('16'));
  await shown.type(shown.field('Rank'), '640');
  await shown.until(() => expect(isDisabled()).toBe(true));
  expect(shown.button('Save as recipe').title).toBe('1 not valid: Rank');
  await shown.type(shown.field('Rank'), '64');
  await shown.until(() => expect(isDisabled()).toBe(false));
  await shown.click(shown.button('Save as recipe'));
  await shown.until(() =>
    expect(saved(shown)).toEqual([
      { name: 'Answers your own.json', recipe: { preset: 'custom', changes: { lora_rank: 64 } } },
    ]),
  );
});

const changes = fc.record(
  {
    learning_rate: fc.double({ min: 1e-6, max: 1e-2, noNaN: true }),
    lora_rank: fc.integer({ min: 1, max: 256 }),
    early_stopping_min_delta: fc.double({ min: 0, max: 1e300, noNaN: true }),
    max_steps: fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: null }),
    max_hours: fc.option(fc.double({ min: 0.02, max: 10_000, noNaN: true }), { nil: null }),
    packing: fc.constantFrom('auto' as const, 'on' as const, 'off' as const),
    target_modules: fc.oneof(
      fc.constant('all-linear' as const),
      fc.array(fc.stringMatching(/^[A-Za-z0-9_]{1,64}$/), { minLength: 1, maxLength: 32 }),
    ),
  },
  { requiredKeys: [] },
);

test('what a file of the command line changes comes back from the fields and the file of the window', () => {
  const base = fakeSettings('balanced');
  fc.assert(
    fc.property(changes, (given) => {
      const recipe = readRecipe(JSON.stringify({ preset: 'balanced', ...given }), 'x.json');
      const { drafts } = ownOfFile({ file_name: 'x.json', recipe });
      const read = readDrafts(drafts, base);
      const again = readRecipe(recipeText({ preset: 'balanced', changes: read.changes }), 'y.json');
      expect(read.errors).toEqual({});
      expect({ ...base, ...again.changes }).toEqual({ ...base, ...Recipe.parse(recipe).changes });
    }),
  );
});
