import { expect, it } from 'vitest';
import { purgeWords } from './bin-words';

it('says in how many days a deleted dataset is purged', () => {
  const wordsAt = (now: string) => purgeWords('2026-01-01T12:00:00.000Z', Date.parse(now));
  expect(wordsAt('2026-01-01T12:00:00.000Z')).toBe('in 30 days');
  expect(wordsAt('2025-12-01T12:00:00.000Z')).toBe('in 30 days');
  expect(wordsAt('2026-01-13T13:00:00.000Z')).toBe('in 18 days');
  expect(wordsAt('2026-01-31T11:59:00.000Z')).toBe('in 1 day');
  expect(wordsAt('2026-01-31T12:00:00.000Z')).toBe('at a next start, unless a run needs it');
});
