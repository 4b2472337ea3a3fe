import { expect, test } from 'vitest';
import recorded from './schedule-examples.json';
import { plannedRate } from './schedule';
import { AdvancedSettings } from '../types/training-settings';

test.each(recorded)(
  'plans what the trainer did with the scheduler $settings.lr_scheduler',
  ({ settings, total_steps, rates }) => {
    const lr_scheduler = AdvancedSettings.shape.lr_scheduler.parse(settings.lr_scheduler);
    const planned = plannedRate({ ...settings, lr_scheduler }, total_steps);
    expect(rates.length).toBeGreaterThan(5);
    rates.forEach((rate, index) => expect(planned(index + 1)).toBeCloseTo(rate, 12));
  },
);

test('starts at once without warm-up, and never divides by nothing', () => {
  const rates = (totalSteps: number) => {
    const settings = {
      learning_rate: 1,
      lr_scheduler: 'linear',
      warmup_ratio: 0,
      warmup_steps: null,
    } as const;
    return Array.from({ length: totalSteps }, (_, index) => plannedRate(settings, totalSteps)(index + 1));
  };
  expect(rates(1)).toEqual([1]);
  expect(rates(4)).toEqual([1, 0.75, 0.5, 0.25]);
});
