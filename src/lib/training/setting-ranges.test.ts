import { expect, it } from 'vitest';
import { nearestName } from './nearest-name';
import { SETTING_NAMES, settingRange } from './setting-ranges';

it.each([
  ['learning_rate', '0.000001 to 0.01'],
  ['batch_size', 'a whole number from 1 to 64'],
  ['max_steps', 'a whole number from 1 to 1000000, or none'],
  ['eval_steps', 'a whole number, 1 or more, or none'],
  ['early_stopping_min_delta', '0 or more'],
  ['beta', 'above 0 to 10'],
  ['max_hours', '0.02 to 10000, or none'],
  ['packing', 'auto, on or off'],
  ['target_modules', 'all-linear, or names of linear layers with commas between'],
] as const)('%s may be %s', (name, range) => {
  expect(settingRange(name)).toBe(range);
});

it('knows the values of every setting', () => {
  expect(SETTING_NAMES.map(settingRange).join('\n')).not.toMatch(/undefined|Infinity/u);
});

it.each([
  ['max_step', 'max_steps'],
  ['Max-Steps', 'max_steps'],
  ['learnign_rate', 'learning_rate'],
  ['epochs', 'num_epochs'],
  ['steps', null],
  ['nonsense', null],
  ['lr', null],
])('%s stands for %s', (typed, name) => {
  expect(nearestName(typed, SETTING_NAMES)).toBe(name);
});
