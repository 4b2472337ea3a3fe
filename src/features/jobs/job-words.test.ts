import { expect, test } from 'vitest';
import { lossesOf } from './job-words';

test('deleting a run names its model among what is lost, and none where there is none', () => {
  expect(lossesOf({ name: 'Keeper' })).toContain('its model “Keeper”');
  expect(lossesOf(undefined)).toBe('Its curves, log, samples and checkpoints are lost.');
});
