import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { JobFile } from './run-folder';

const SCHEMA = join(
  import.meta.dirname,
  '../../../resources/trainer/pipeline_trainer/schema/job.schema.json',
);

/** `UPDATE_SCHEMAS=1` writes the file anew. */
it('gives the trainer the very schema of job.json', () => {
  const generated = `${JSON.stringify(z.toJSONSchema(JobFile), null, 2)}\n`;
  if (process.env['UPDATE_SCHEMAS'] === '1') writeFileSync(SCHEMA, generated);
  expect(readFileSync(SCHEMA, 'utf8')).toBe(generated);
});
