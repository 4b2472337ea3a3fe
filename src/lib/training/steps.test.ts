import { describe, expect, it } from 'vitest';
import { planSteps, progressPercent } from './steps';

const settings = { batch_size: 4, gradient_accumulation_steps: 2, num_epochs: 3, max_steps: null };

describe('planSteps', () => {
  it.each([
    [1, 1, 3],
    [7, 1, 3],
    [8, 1, 3],
    [9, 2, 6],
    [800, 100, 300],
  ])('%i records make %i steps an epoch and %i in all', (records, perEpoch, total) => {
    expect(planSteps(records, settings)).toEqual({
      records_per_step: 8,
      steps_per_epoch: perEpoch,
      total_steps: total,
      total_epochs: 3,
    });
  });

  it('lets max_steps win over epochs', () => {
    expect(planSteps(800, { ...settings, max_steps: 250 })).toMatchObject({
      total_steps: 250,
      total_epochs: 3,
    });
    expect(planSteps(800, { ...settings, max_steps: 1 })).toMatchObject({ total_steps: 1, total_epochs: 1 });
  });
});

describe('progressPercent', () => {
  it('stays between 0 and 100', () => {
    expect(progressPercent(0, null)).toBe(0);
    expect(progressPercent(5, 10)).toBe(50);
    expect(progressPercent(12, 10)).toBe(100);
  });
});
