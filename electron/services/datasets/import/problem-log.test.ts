import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { MAX_KEPT_PROBLEMS } from '../../../../src/lib/types/dataset-records';
import type { DatasetProblem } from '../../../../src/lib/types/dataset-records';
import { PROBLEMS_FILE } from '../dataset-files';
import { ProblemLog } from './problem-log';

const PROBLEM: DatasetProblem = {
  line: 1,
  path: null,
  record_id: null,
  type: 'duplicate_id',
  severity: 'warning',
  error: 'The id is there already.',
  suggestion: null,
};

it('lists an error behind any number of warnings', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'problem-log-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const log = await ProblemLog.create(dir);
  for (let line = 1; line <= MAX_KEPT_PROBLEMS + 5; line += 1) log.add({ ...PROBLEM, line });
  log.add({ ...PROBLEM, line: 7, severity: 'error', type: 'empty_value' });
  await log.finish();
  const lines = (await readFile(join(dir, PROBLEMS_FILE), 'utf8')).trimEnd().split('\n');
  expect(lines).toHaveLength(MAX_KEPT_PROBLEMS + 1);
  expect(lines.at(-1)).toContain('"severity":"error"');
  expect(log.total).toBe(MAX_KEPT_PROBLEMS + 6);
});
