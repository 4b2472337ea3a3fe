import { expect, test } from 'vitest';
import { groupJobs, groupWords, lossesOf, workedMs } from './job-words';
import { announcement } from './run-news';
import { inLabels, settingRows } from './setting-words';
import { exampleJob } from './testing';

const ids = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name);

test('a hint for the command line is told in the words of the window', () => {
  expect(inLabels('Raise max_length, or exclude this record.')).toBe(
    'Raise Max length, or exclude this record.',
  );
});

test('what a person paused needs nobody', () => {
  const groups = groupJobs([
    exampleJob({ id: '0f8f4dd2-6a04-4b0e-9d3a-3d6f4e2b7c12', name: 'paused', status: 'paused' }),
    exampleJob({ id: '0f8f4dd2-6a04-4b0e-9d3a-3d6f4e2b7c13', name: 'broken off', status: 'interrupted' }),
    exampleJob({ id: '0f8f4dd2-6a04-4b0e-9d3a-3d6f4e2b7c14', name: 'waiting' }),
  ]);
  expect([ids(groups.paused), ids(groups.needsYou)]).toEqual([['paused'], ['broken off']]);
  expect(groupWords(groups)).toBe('0 running, 1 waiting, 1 needs you, 1 paused');
});

test('a run has one duration: that of its trainers', () => {
  const night = { started_at: '2026-03-01T09:00:00.000Z', completed_at: '2026-03-02T09:00:00.000Z' };
  expect(workedMs(exampleJob({ ...night, attempt: 2, worked_ms: 46_000 }))).toBe(46_000);
  expect(workedMs(exampleJob())).toBeNull();
});

test('an end is announced with its reason, a step is not', () => {
  const before = exampleJob({ status: 'running' });
  const failed = { status: 'failed', error_message: 'Line 7 does not fit.' } as const;
  const jobs = (job: typeof before) => new Map([[job.id, job]]);
  expect(announcement(jobs(before), jobs(exampleJob({ ...before, ...failed })))).toBe(
    '“Lighthouse keeper”: failed. Line 7 does not fit.',
  );
  expect(announcement(jobs(before), jobs(exampleJob({ ...before, current_step: 9 })))).toBeNull();
});

test('settings are told as New run calls them, with what became of those left to a rule', () => {
  const rows = new Map(settingRows(exampleJob().hyperparameters, { precision: 'bf16', save_steps: '50' }));
  expect(rows.get('Learning rate')).toBe('2e-4');
  expect(rows.get('Precision')).toBe('by the hardware: bf16');
  expect(rows.get('Checkpoint every')).toBe('by rule: 50');
  expect(rows.has('Strength of comparison')).toBe(false);
});

test('deleting a run names its model among what is lost, and none where there is none', () => {
  expect(lossesOf({ name: 'Keeper' })).toContain('its model “Keeper”');
  expect(lossesOf(undefined)).toBe('Its curves, log, samples and checkpoints are lost.');
});
