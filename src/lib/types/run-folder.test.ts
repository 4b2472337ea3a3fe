import { describe, expect, it } from 'vitest';
import examples from '../training/job-examples.json';
import { JobFile } from './run-folder';

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

describe('JobFile, by the examples that the trainer shares', () => {
  it.each(accepted)('accepts $name', (example) => {
    expect(JobFile.safeParse(changed(example)).success).toBe(true);
  });

  it.each(refused)('refuses $name', (example) => {
    expect(JobFile.safeParse(changed(example)).success).toBe(false);
  });
});
