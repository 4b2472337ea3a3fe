import { expect, test } from 'vitest';
import { stepsWords } from './steps-words';

const PLAN = { train_records: 225, steps_per_epoch: 57, total_epochs: 3, total_steps: 171 };

test('shows how the steps come about, as people would count them', () => {
  expect(stepsWords(PLAN, 4)).toBe('ceil(225 ÷ 4) = 57 steps × 3 epochs = 171');
  expect(stepsWords({ ...PLAN, total_epochs: 1, total_steps: 57 }, 4)).toBe(
    'ceil(225 ÷ 4) = 57 steps in one epoch',
  );
  expect(stepsWords({ ...PLAN, train_records: 228 }, 4)).toBe('228 ÷ 4 = 57 steps × 3 epochs = 171');
});

test('only names the figures where they do not follow from records and batch', () => {
  expect(stepsWords({ ...PLAN, total_steps: 20, total_epochs: 1 }, 4)).toBe('57 steps an epoch, 20 in all');
  expect(stepsWords({ ...PLAN, steps_per_epoch: 40, total_steps: 120 }, 4)).toBe(
    '40 steps an epoch, 120 in all',
  );
  expect(stepsWords(PLAN, null)).toBe('57 steps an epoch, 171 in all');
});
