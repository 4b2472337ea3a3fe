import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AppError } from '../messages/app-error';
import { PresetId } from '../types/lora-training';
import { LrScheduler, Packing, Quantization, Stratify, TrainingMethod } from '../types/training-settings';
import { readRecipe, recipeText } from './recipe-text';

const read = (content: unknown) => readRecipe(JSON.stringify(content), 'x.json');

const refusal = (text: string): string => {
  try {
    readRecipe(text, 'x.json');
  } catch (thrown) {
    if (thrown instanceof AppError) return `${thrown.code}: ${thrown.message} ${thrown.hint}`;
    throw thrown;
  }
  return 'accepted';
};

const orNull = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { nil: null });

const recipes = fc.record(
  {
    preset: fc.constantFrom(...PresetId.options),
    changes: fc.record(
      {
        learning_rate: fc.double({ min: 1e-6, max: 1e-2, noNaN: true }),
        lora_rank: fc.integer({ min: 1, max: 256 }),
        early_stopping_min_delta: fc.double({ min: 0, max: 1e300, noNaN: true }),
        max_steps: orNull(fc.integer({ min: 1, max: 1_000_000 })),
        warmup_steps: orNull(fc.nat()),
        max_hours: orNull(fc.double({ min: 0.02, max: 10_000, noNaN: true })),
        lr_scheduler: fc.constantFrom(...LrScheduler.options),
        method: fc.constantFrom(...TrainingMethod.options),
        stratify: fc.constantFrom(...Stratify.options),
        packing: fc.constantFrom(...Packing.options),
        quantization: fc.constantFrom(...Quantization.options),
        target_modules: fc.oneof(
          fc.constant('all-linear' as const),
          fc.array(fc.stringMatching(/^[A-Za-z0-9_]{1,64}$/), { minLength: 1, maxLength: 32 }),
        ),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['changes'] },
);

it('reads every recipe as it was written', () => {
  fc.assert(
    fc.property(recipes, (recipe) => {
      expect(readRecipe(recipeText(recipe), 'x.json')).toEqual(JSON.parse(JSON.stringify(recipe)));
    }),
  );
});

it('takes settings beside the words of a run, or in a part of their own', () => {
  const words = { dataset: 'Sample', base_model: 'tiny', preset: 'aggressive', name: 'mine' };
  const changes = { max_steps: null, target_modules: ['q_proj', 'v_proj'], lora_rank: 64 };
  expect(read({ ...words, ...changes })).toEqual({ ...words, changes });
  expect(read({ ...words, settings: changes })).toEqual({ ...words, changes });
  expect(read({ seed: 1, settings: { lora_rank: '64' } })).toEqual({ changes: { seed: 1, lora_rank: 64 } });
});

it('leaves out the label of a base model that the settings of a finished run have', () => {
  expect(read({ settings: { base_model: 'tiny', seed: 3 } })).toEqual({ changes: { seed: 3 } });
});

it('reads a file with the mark that some editors begin with', () => {
  expect(readRecipe('\uFEFF{"seed":3}', 'x.json')).toEqual({ changes: { seed: 3 } });
});

it.each([
  ['{"lora_rank":1000}', 'x.json: lora_rank is 1000; it may be a whole number from 1 to 256'],
  ['{"lora_rank":true}', 'x.json: lora_rank is true; it may be a whole number from 1 to 256'],
  ['{"settings":{"beta":{"a":1}}}', 'beta is {"a":1}; it may be above 0 to 10'],
  ['{"learning_rate":null}', 'learning_rate is null; it may be 0.000001 to 0.01'],
  ['{"target_modules":[1]}', 'target_modules is [1]; it may be all-linear'],
  ['{"lora_rnk":8}', '"lora_rnk" is not a setting. Did you mean lora_rank?'],
  ['{"__proto__":8}', '"__proto__" is not a setting'],
  ['{"lora_rnk":8,"settings":{"seed":1}}', '"lora_rnk" is not a setting'],
  ['{"preset":"wild"}', 'preset is "wild"; it may be conservative, balanced, aggressive or custom'],
  [`{"dataset":"${'x'.repeat(4097)}"}`, `dataset is "${'x'.repeat(79)}…; it may be a text of 1 to 4,096`],
  [`{"base_model":"${'x'.repeat(4097)}"}`, `base_model is "${'x'.repeat(79)}…; it may be`],
  [`{"lora_rank":"${'x'.repeat(999)}"}`, `lora_rank is ${'x'.repeat(80)}…; it may be`],
  [`{"${'x'.repeat(999)}":1}`, `"${'x'.repeat(80)}…" is not a setting`],
  [`{"settings":"${'x'.repeat(999)}"}`, `settings is "${'x'.repeat(79)}…; it may be`],
  ['{"dataset":7}', 'dataset is 7; it may be a text'],
  ['{"name":" "}', 'name is " "; it may be a text of 1 to 200 characters'],
  ['{"settings":[1]}', 'settings is [1]; it may be an object'],
  ['[1]', 'x.json holds no settings'],
  ['null', 'x.json holds no settings'],
  ['{"seed":', 'x.json is not JSON'],
  ['', 'x.json is not JSON'],
])('refuses %s with the reason', (text, reason) => {
  expect(refusal(text)).toContain(reason);
  expect(refusal(text)).toMatch(/^invalid_/u);
});
