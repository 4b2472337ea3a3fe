import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Repositories } from './repositories';
import type { DatabaseSession } from './session';
import { addJob, addUser, openNew, rawIn } from './testing';

let folder = '';
let session: DatabaseSession;
let repositories: Repositories;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'job-queue-'));
  session = openNew(folder);
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

const leases = (): unknown[] => {
  const db = rawIn(folder);
  const held = db
    .prepare('SELECT job_id, device_uuid, released_at IS NULL AS held FROM job_devices ORDER BY id')
    .all();
  db.close();
  return held;
};

const begin = (id: string, device: string) => repositories.devices.begin(id, device, { attempt: 1 });

it('a device is leased to one run at work, until the run gives it back', () => {
  const [first, second] = [addJob(repositories).job.id, addJob(repositories).job.id];
  expect(begin(first, 'GPU-a')).toMatchObject({ status: 'initializing', attempt: 1 });
  expect(begin(second, 'GPU-a')).toBe('leased');
  expect(repositories.jobs.get(second)?.status).toBe('queued');
  expect(begin(second, 'GPU-b')).toMatchObject({ status: 'initializing' });
  repositories.devices.release(first);
  expect(leases()).toEqual([
    { job_id: first, device_uuid: 'GPU-a', held: 0 },
    { job_id: second, device_uuid: 'GPU-b', held: 1 },
  ]);
});

it('a run that is at work already leases nothing more', () => {
  const { id } = addJob(repositories).job;
  begin(id, 'GPU-a');
  expect(begin(id, 'GPU-b')).toBe('not_queued');
  expect(leases()).toHaveLength(1);
});

it('the lease of a run that rests is no lease, though nobody released it', () => {
  const [first, second] = [addJob(repositories).job.id, addJob(repositories).job.id];
  begin(first, 'cpu');
  repositories.jobs.transition(first, { from: ['initializing'], to: 'interrupted' }, {});
  expect(begin(second, 'cpu')).toMatchObject({ status: 'initializing' });
  expect(leases()).toMatchObject([{ held: 0 }, { job_id: second, held: 1 }]);
});

it('another user’s run can neither be set to work nor be released', () => {
  const { id } = addJob(repositories).job;
  const stranger = session.forUser(addUser(folder, 'Stranger'));
  expect(stranger.devices.begin(id, 'cpu', { attempt: 1 })).toBe('not_queued');
  expect(leases()).toEqual([]);
  begin(id, 'cpu');
  stranger.devices.release(id);
  expect(leases()).toMatchObject([{ job_id: id, held: 1 }]);
});
