import { expect, test } from 'vitest';
import { suggestedPreset, typeInto } from './own-recipe';

test('the first change in a recipe begins one’s own from its values, later ones add to it', () => {
  const begun = typeInto({ basis: 'balanced', drafts: { seed: '7' } }, 'aggressive', { lora_rank: '64' });
  expect(begun).toEqual({ basis: 'aggressive', drafts: { lora_rank: '64' } });
  expect(typeInto(begun, 'custom', { num_epochs: '2' })).toEqual({
    basis: 'aggressive',
    drafts: { lora_rank: '64', num_epochs: '2' },
  });
});

test('suggests by the number of records', () => {
  expect([40, 250, 499, 500, 5000].map(suggestedPreset)).toEqual([
    'conservative',
    'conservative',
    'conservative',
    'balanced',
    'balanced',
  ]);
});
