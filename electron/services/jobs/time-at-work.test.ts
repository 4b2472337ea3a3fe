import { expect, it } from 'vitest';
import { costOf, timeAtWork } from './time-at-work';

const DAY_BEFORE = { started_at: '2026-03-01T10:00:00.000Z', ended_at: '2026-03-01T11:00:00.000Z' };
const AT_WORK = { started_at: '2026-03-02T10:00:00.000Z', ended_at: null };
const NOW = '2026-03-02T10:30:00.000Z';

it('adds up the attempts and leaves out what lies between them', () => {
  expect(timeAtWork([DAY_BEFORE, AT_WORK], NOW)).toBe(90 * 60_000);
  expect(timeAtWork([], NOW)).toBe(0);
});

it('a clock that was set back makes no time negative', () => {
  expect(timeAtWork([DAY_BEFORE, AT_WORK], '2026-03-01T00:00:00.000Z')).toBe(60 * 60_000);
});

it('costs every card for the time at work', () => {
  const gpu = { gpu_type: 'a card', num_gpus: 2, gpu_memory_gb: 80, cost_per_gpu_hour: 3 };
  expect(costOf([DAY_BEFORE, AT_WORK], { gpu, now: NOW })).toBe(9);
});
