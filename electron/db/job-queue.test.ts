import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Repositories } from './repositories';
import type { DatabaseSession } from './session';
import { addJob, openIn } from './testing';

let folder = '';
let session: DatabaseSession;
let repositories: Repositories;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'job-queue-'));
  session = openIn(folder);
  repositories = session.forUser(session.profile().id);
});
afterEach(() => {
  session.close();
  rmSync(folder, { recursive: true });
});

it('a failed run that goes on has neither an end nor a final cost any more', () => {
  const { jobs } = repositories;
  const { id } = addJob(repositories).job;
  jobs.transition(id, { from: ['queued'], to: 'initializing' }, { attempt: 1 });
  const ended = { completed_at: new Date().toISOString(), final_cost: 3, current_cost: 3, error_code: 'x' };
  jobs.transition(id, { from: ['initializing'], to: 'failed' }, ended);
  expect(jobs.requeue(id, ['failed'])).toMatchObject({
    status: 'queued',
    completed_at: null,
    final_cost: null,
    current_cost: 3,
    error_code: null,
  });
});
