import { expect, it } from 'vitest';
import { importPace } from './import-pace';

const progress = { phase: 'reading', phase_ms: 2000, bytes_done: 75, bytes_total: 100, records: 10 } as const;

it('knows rate and time left from the phase alone', () => {
  expect(importPace(progress)).toEqual({ bytesPerSecond: 25, recordsPerSecond: 5, leftMs: 2000 });
});

it('says nothing of the end while the file is copied, and nothing at all at first', () => {
  expect(importPace({ ...progress, phase: 'copying', bytes_done: 25, records: 0 })).toEqual({
    bytesPerSecond: 25,
    recordsPerSecond: 0,
    leftMs: null,
  });
  expect(importPace({ ...progress, phase_ms: 100 })).toBeNull();
  expect(importPace({ ...progress, bytes_done: 50 })).toBeNull();
});
