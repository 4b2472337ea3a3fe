import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TrainingJob } from '../../lib/types/lora-training';
import { changeSettingsPath, KNOWN_CODES, newestOf, remedyOf, waysOn } from './failures';
import { exampleCheckpoint, exampleJob } from './testing';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..');
const SOURCES = ['resources/trainer/pipeline_trainer', 'electron/services'];

const textsOf = (folder: string): string[] =>
  readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(py|ts)$/.test(name) && !name.includes('.test.'))
    .map((name) => readFileSync(join(REPOSITORY, folder, name), 'utf8'));

const failed = (error_code: string | null, rest: Partial<TrainingJob> = {}) =>
  exampleJob({ status: 'failed', error_code, ...rest });

const SAVED = exampleCheckpoint(9000);

test('every code that something is offered for is one that the trainer or a service gives', () => {
  const source = SOURCES.flatMap(textsOf).join('\n');
  const unknown = KNOWN_CODES.filter(
    (code) => !source.includes(`"${code}"`) && !source.includes(`'${code}'`),
  );
  expect(unknown).toEqual([]);
});

test('a run that a full disk ended goes on from its checkpoint, and from step 0 only where there is none', () => {
  expect(waysOn(failed('disk_full'), SAVED)[0]).toBe('resume');
  expect(waysOn(failed('disk_full'), null)).toEqual(['retry', 'change']);
  expect(waysOn(failed(null), SAVED)[0]).toBe('resume');
});

test('what the same settings meet again is never tried unchanged, and its remedy has a name', () => {
  const overflow = failed('token_overflow');
  expect([waysOn(overflow, null), waysOn(overflow, SAVED)]).toEqual([['change'], ['change']]);
  expect(waysOn(failed('loss_diverged'), SAVED)).toEqual(['change']);
  expect(remedyOf(overflow).words).toBe('Raise max length…');
  expect(changeSettingsPath(overflow)).toBe(`/new-run/job/${overflow.id}/max_length`);
  expect(remedyOf(failed('loss_diverged')).words).toBe('Lower the learning rate…');
  expect(changeSettingsPath(failed('disk_full'))).toBe(`/new-run/job/${overflow.id}`);
});

test('memory that was full asks for less length, after which another try may do', () => {
  expect(waysOn(failed('out_of_memory'), null)).toEqual(['change', 'retry']);
  expect(waysOn(failed('out_of_memory'), SAVED)[0]).toBe('resume');
  expect(remedyOf(failed('out_of_memory')).words).toBe('Lower max length…');
});

test('a run whose data has changed can only be made anew', () => {
  expect(waysOn(failed('dataset_changed'), SAVED)).toEqual(['retry', 'change']);
});

test('where nobody has looked, the plan says whether there is a checkpoint', () => {
  const planned = (current_step: number) => failed('disk_full', { current_step, plan: { save_every: 50 } });
  expect(waysOn(planned(60), undefined)[0]).toBe('resume');
  expect(waysOn(planned(40), undefined)[0]).toBe('retry');
});

test('a run goes on from its newest checkpoint that is still there', () => {
  expect(newestOf([exampleCheckpoint(50), SAVED, exampleCheckpoint(9100, { pruned: true })])).toBe(SAVED);
  expect(newestOf([])).toBeNull();
});
