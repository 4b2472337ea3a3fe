import { describe, expect, it } from 'vitest';
import examples from '../training/job-examples.json';
import { AppError } from '../messages/app-error';
import { refuseLongWarmup } from '../training/settings';
import { JobFile } from './run-folder';
import { SettingChanges } from './training-settings';

interface Example {
  readonly name: string;
  readonly changes: Readonly<Record<string, unknown>>;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** `settings.seed` means the key `seed` of `settings`. */
const changed = ({ changes }: Example): unknown => {
  const job: Record<string, unknown> = structuredClone(examples.base);
  for (const [path, value] of Object.entries(changes)) {
    const [first = '', second] = path.split('.');
    const part = job[first];
    if (second !== undefined && isObject(part)) part[second] = value;
    else job[first] = value;
  }
  return job;
};

const accepted: readonly Example[] = examples.accepted;
const refused: readonly Example[] = examples.refused;
const notBegun: readonly Example[] = examples.not_begun;

/** Whether a new run of such a job would be made. */
const mayBegin = ({ settings, total_steps }: JobFile): boolean => {
  try {
    refuseLongWarmup(settings, total_steps);
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
  return SettingChanges.safeParse({ max_hours: settings.max_hours }).success;
};

describe('JobFile, by the examples that the trainer shares', () => {
  it.each(accepted)('accepts $name', (example) => {
    expect(mayBegin(JobFile.parse(changed(example)))).toBe(true);
  });

  it.each(notBegun)('begins no run with $name, and reads it', (example) => {
    expect(mayBegin(JobFile.parse(changed(example)))).toBe(false);
  });

  it.each(refused)('refuses $name', (example) => {
    expect(JobFile.safeParse(changed(example)).success).toBe(false);
  });
});
