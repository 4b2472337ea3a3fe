import { expect, it } from 'vitest';
import { fakeId } from '../../fake-rows';
import { importWords, phaseShare } from './import-words';

const MB = 1_000_000;
const progress = {
  dataset_id: fakeId(1),
  phase: 'reading',
  phase_ms: 1000,
  bytes_done: 78 * MB,
  bytes_total: 150 * MB,
  records: 21_740,
  problems: 5016,
} as const;

it('tells how much of the file is copied, of its own bytes', () => {
  const copying = { ...progress, phase: 'copying', bytes_done: 30 * MB, records: 0, problems: 0 } as const;
  expect(importWords(copying)).toBe('Copying: 60.0 MB of 150 MB, 60.0 MB/s');
  expect(phaseShare(copying)).toBeCloseTo(0.4);
});

it('tells how much of it is read, what was found, how fast, and about how long it takes yet', () => {
  expect(importWords(progress)).toBe(
    'Reading: 6.0 MB of 150 MB, 21,740 records, 5,016 problems, 6.0 MB/s, ≈ 24 s left',
  );
  expect(phaseShare(progress)).toBeCloseTo(0.04);
});

it('says no more than it knows at first, and of an empty file', () => {
  expect(importWords({ ...progress, phase_ms: 10, records: 0, problems: 0 })).toBe(
    'Reading: 6.0 MB of 150 MB',
  );
  expect(phaseShare({ ...progress, bytes_done: 0, bytes_total: 0 })).toBe(0);
});
