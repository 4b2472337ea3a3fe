import { expect, test } from 'vitest';
import { SettingChanges } from '../../lib/types/training-settings';
import { FIELDS } from '../../setting-fields';
import { readDrafts } from './drafts';

test('offers every setting that the command line takes', () => {
  expect(FIELDS.map(({ key }) => key).toSorted()).toEqual(Object.keys(SettingChanges.shape).toSorted());
});

test('offers only choices that a run accepts', () => {
  for (const { key, choices = [] } of FIELDS)
    for (const choice of choices)
      expect([key, choice, SettingChanges.shape[key].safeParse(choice).success]).toEqual([key, choice, true]);
});

test('reads what is typed, empty rules too, and says what cannot be meant', () => {
  expect(
    readDrafts({ lora_rank: '64', max_steps: '', target_modules: 'q_proj, v_proj', num_epochs: '40' }, null),
  ).toEqual({
    changes: { lora_rank: 64, max_steps: null, target_modules: ['q_proj', 'v_proj'] },
    errors: { num_epochs: 'Give a value in the range 1 to 20.' },
  });
});
