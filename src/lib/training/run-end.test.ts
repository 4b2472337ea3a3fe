import { expect, it } from 'vitest';
import { earlyEndWords } from './run-end';

const completed = (payload: Record<string, unknown>) => [
  { event: 'hello', payload: {} },
  { event: 'completed', payload },
];

it.each([
  [{ ended_by: 'time_budget', last_step: 1240 }, 'stopped by its time budget at step 1,240'],
  [{ ended_by: 'energy_budget', last_step: 3 }, 'stopped by its energy budget at step 3'],
  [{ ended_by: 'early_stopping', last_step: 12 }, 'stopped early at step 12'],
  [{ ended_by: 'last_step', last_step: 100 }, null],
  [{ early_stopped: true }, null],
])('says of %j: %s', (payload, words) => {
  expect(earlyEndWords(completed(payload))).toBe(words);
});

it('says nothing of a run that goes on', () => {
  expect(earlyEndWords([{ event: 'hello', payload: {} }])).toBeNull();
});
