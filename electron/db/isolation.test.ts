import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IngestBatch } from './repositories/ingest';
import type { DatabaseSession } from './session';
import { addBaseModel, addDataset, addJob, addUser, newArtifact, newExport, newJob, openIn } from './testing';

const PAGE = { offset: 0, limit: 10 };
const BATCH: IngestBatch = {
  attempt: 1,
  last_seq: 9,
  points: [],
  events: [{ seq: 9, attempt: 1, time: '2026-01-01T00:00:00.000Z', event: 'plan', payload: {} }],
  samples: [],
  evaluations: [],
  checkpoints: [],
  job: { progress: 99 },
};

let folder = '';
let session: DatabaseSession;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isolation-'));
  session = openIn(folder);
});
afterEach(() => {
  session.close();
  rmSync(folder, { recursive: true });
});

const two = () => ({
  owner: session.forUser(session.profile().id),
  stranger: session.forUser(addUser(folder, 'Stranger')),
});

const PROBLEM = {
  line: 1,
  path: null,
  record_id: null,
  type: 'missing_field',
  severity: 'error',
  error: 'e',
  suggestion: null,
} as const;
const NO_PROBLEMS = { total: 0, problems: [] };

describe('FR-1.1.3 datasets, policy by policy', () => {
  it('Users can view own datasets', () => {
    const { owner, stranger } = two();
    const { dataset, version } = addDataset(owner);
    owner.datasetProblems.insertMany(dataset.id, [PROBLEM]);
    expect(owner.datasets.list().map(({ id }) => id)).toEqual([dataset.id]);
    owner.datasets.softDelete(dataset.id);
    expect({
      get: stranger.datasets.get(dataset.id),
      list: stranger.datasets.list(),
      deleted: stranger.datasets.listDeleted(),
      used: stranger.datasets.jobsOf(dataset.id),
      versions: stranger.datasetVersions.list(dataset.id),
      current: stranger.datasetVersions.current(dataset.id),
      version: stranger.datasetVersions.get(version.id),
      problems: stranger.datasetProblems.page(dataset.id, PAGE),
    }).toEqual({
      get: null,
      list: [],
      deleted: [],
      used: [],
      versions: [],
      current: null,
      version: null,
      problems: NO_PROBLEMS,
    });
  });

  it('Users can create own datasets', () => {
    const { owner, stranger } = two();
    const { dataset, version } = addDataset(owner);
    const forged = { ...dataset, id: randomUUID(), storage_path: 'x/y', user_id: dataset.user_id };
    expect(stranger.datasets.create(forged).user_id).not.toBe(dataset.user_id);
    expect(() => stranger.datasets.create({ ...dataset, storage_path: 'x/z' })).toThrow('UNIQUE');
    expect(() => stranger.datasetProblems.insertMany(dataset.id, [PROBLEM])).toThrow('does not belong');
    expect(() => stranger.datasetVersions.create({ ...version, sha256: 'b'.repeat(64) })).toThrow(
      'does not belong',
    );
    expect(owner.datasets.list()).toHaveLength(1);
    expect(owner.datasetVersions.list(dataset.id)).toEqual([version]);
  });

  it('Users can update own datasets', () => {
    const { owner, stranger } = two();
    const { dataset } = addDataset(owner);
    owner.datasetProblems.insertMany(dataset.id, [PROBLEM]);
    expect(stranger.datasets.update(dataset.id, { name: 'Stolen' })).toBeNull();
    expect(stranger.datasets.softDelete(dataset.id)).toBeNull();
    expect(stranger.datasets.restore(dataset.id)).toBeNull();
    expect(stranger.datasets.purge(dataset.id)).toBe(false);
    expect(() => stranger.datasetProblems.clear(dataset.id)).toThrow('does not belong');
    expect(owner.datasets.get(dataset.id)).toEqual(dataset);
    expect(owner.datasetProblems.page(dataset.id, PAGE).total).toBe(1);
  });
});

describe('FR-1.1.3 training_jobs, policy by policy', () => {
  it('Users can view own jobs', () => {
    const { owner, stranger } = two();
    const { job, version } = addJob(owner);
    expect(owner.jobs.list().map(({ id }) => id)).toEqual([job.id]);
    expect({
      get: stranger.jobs.get(job.id),
      list: stranger.jobs.list(),
      queued: stranger.jobs.queued(),
      unfinished: stranger.jobs.unfinished(),
      datasets: stranger.jobs.datasets(job.id),
      versionById: stranger.datasetVersions.get(version.id),
    }).toEqual({ get: null, list: [], queued: [], unfinished: [], datasets: [], versionById: null });
  });

  it('Users can create own jobs', () => {
    const { owner, stranger } = two();
    const mine = addJob(owner);
    const theirs = addJob(stranger);
    expect(theirs.job.user_id).not.toBe(mine.job.user_id);
    const onMyDataset = newJob({ dataset_id: mine.dataset.id, base_model_id: theirs.model.id });
    const onMyModel = newJob({ dataset_id: theirs.dataset.id, base_model_id: mine.model.id });
    const ofMyJob = { ...newJob({ dataset_id: theirs.dataset.id, base_model_id: theirs.model.id }) };
    expect(() => stranger.jobs.create(onMyDataset, [{ dataset_version_id: theirs.version.id }])).toThrow(
      'does not belong',
    );
    expect(() => stranger.jobs.create(onMyDataset, [{ dataset_version_id: mine.version.id }])).toThrow(
      'does not belong',
    );
    expect(() => stranger.jobs.create(onMyModel, [{ dataset_version_id: theirs.version.id }])).toThrow(
      'does not belong',
    );
    expect(() =>
      stranger.jobs.create({ ...ofMyJob, retry_of: mine.job.id }, [
        { dataset_version_id: theirs.version.id },
      ]),
    ).toThrow('does not belong');
    expect(stranger.jobs.list()).toHaveLength(1);
  });

  it('gives nobody another profile’s job to change, end, move or delete', () => {
    const { owner, stranger } = two();
    const { job } = addJob(owner);
    expect(stranger.jobs.update(job.id, { progress: 50 })).toBeNull();
    expect(stranger.jobs.transition(job.id, { from: ['queued'], to: 'cancelled' }, {})).toBeNull();
    expect(stranger.jobs.requeue(job.id, ['queued'])).toBeNull();
    expect(stranger.jobs.move(job.id, 0)).toEqual([]);
    expect(stranger.jobs.delete(job.id)).toBe(false);
    expect(stranger.outcomes.deleteJob(job.id)).toBeNull();
    expect(owner.jobs.get(job.id)).toEqual(job);
  });

  it('keeps what a run left behind to its owner', () => {
    const { owner, stranger } = two();
    const { job } = addJob(owner);
    const attempt = { job_id: job.id, number: 1, pid: 1, process_started_at: null, boot_id: null };
    owner.attempts.create(attempt);
    owner.ingest.append(job.id, { ...BATCH, last_seq: 1, events: [], job: {} });
    expect(() => {
      stranger.attempts.create({ ...attempt, number: 2 });
    }).toThrow('does not belong');
    stranger.attempts.update(job.id, 1, { pid: 99 });
    stranger.attempts.finish(job.id, 1, {
      exit_code: 0,
      signal: null,
      end_reason: 'completed',
      ended_at: null,
    });
    stranger.records.appendLogs(job.id, 1, ['line']);
    expect(stranger.ingest.append(job.id, BATCH)).toBeNull();
    expect({
      attempts: stranger.attempts.list(job.id),
      last: stranger.attempts.last(job.id),
      points: stranger.records.points(job.id),
      samples: stranger.records.samples(job.id),
      evaluations: stranger.records.evaluations(job.id),
      checkpoints: stranger.records.checkpoints(job.id),
      events: stranger.records.events(job.id, PAGE).events,
      logs: stranger.records.logs(job.id, PAGE).lines,
    }).toEqual({
      attempts: [],
      last: null,
      points: [],
      samples: [],
      evaluations: [],
      checkpoints: [],
      events: [],
      logs: [],
    });
    expect(owner.attempts.last(job.id)).toMatchObject({ pid: 1, ended_at: null });
    expect(owner.records.events(job.id, PAGE).total + owner.records.logs(job.id, PAGE).total).toBe(0);
    expect(owner.jobs.get(job.id)).toMatchObject({ progress: 0, last_seq: 1 });
  });
});

describe('FR-1.1.3 model_artifacts, policy by policy', () => {
  it('Users can view own models', () => {
    const { owner, stranger } = two();
    const { job, dataset, model } = addJob(owner);
    const ids = { job_id: job.id, dataset_id: dataset.id, base_model_id: model.id };
    const artifact = owner.artifacts.create(newArtifact(ids));
    const made = owner.exports.create(newExport(artifact.id));
    expect(owner.jobs.get(job.id)?.artifact_id).toBe(artifact.id);
    expect({
      get: stranger.artifacts.get(artifact.id),
      list: stranger.artifacts.list(),
      ofJob: stranger.artifacts.ofJob(job.id),
      exports: stranger.exports.list(artifact.id),
      export: stranger.exports.get(made.id),
      updated: stranger.artifacts.update(artifact.id, { name: 'Stolen' }),
      deleted: stranger.artifacts.softDelete(artifact.id),
      purged: stranger.artifacts.purge(artifact.id),
      exportUpdated: stranger.exports.update(made.id, { status: 'failed' }),
      running: stranger.exports.running(),
    }).toEqual({
      get: null,
      list: [],
      ofJob: null,
      exports: [],
      export: null,
      updated: null,
      deleted: null,
      purged: false,
      exportUpdated: null,
      running: [],
    });
    expect(() => stranger.exports.create(newExport(artifact.id))).toThrow('does not belong');
    expect(owner.artifacts.get(artifact.id)).toEqual(artifact);
    expect(owner.exports.get(made.id)?.status).toBe('pending');
  });

  it('hangs no model on what belongs to another profile', () => {
    const { owner, stranger } = two();
    const mine = addJob(owner);
    const theirs = addJob(stranger);
    const own = { job_id: theirs.job.id, dataset_id: theirs.dataset.id, base_model_id: theirs.model.id };
    const parent = owner.artifacts.create(
      newArtifact({ job_id: null, dataset_id: null, base_model_id: mine.model.id }),
    );
    for (const foreign of [
      { job_id: mine.job.id },
      { dataset_id: mine.dataset.id },
      { base_model_id: mine.model.id },
    ]) {
      expect(() => stranger.artifacts.create(newArtifact({ ...own, ...foreign }))).toThrow('does not belong');
    }
    expect(() => stranger.artifacts.create({ ...newArtifact(own), parent_model_id: parent.id })).toThrow(
      'does not belong',
    );
    expect(stranger.artifacts.list()).toEqual([]);
  });
});

describe('what has no policy of its own in E01', () => {
  it('is as separate: base models, settings, requests, versions', () => {
    const { owner, stranger } = two();
    const { dataset } = addDataset(owner);
    const model = addBaseModel(owner);
    const { job } = addJob(owner);
    owner.settings.set('theme', 'dark');
    const request = owner.requests.enqueue({ job_id: job.id, command: 'pause', payload: {} });
    stranger.settings.set('theme', 'light');
    stranger.requests.answer(request, { ok: true });
    expect({
      model: stranger.baseModels.get(model.id),
      models: stranger.baseModels.list(),
      removed: stranger.baseModels.remove(model.id),
      speed: stranger.records.measuredSpeed(model.id, 'cpu', { path: 'stock', processes: 1 }),
      request: stranger.requests.get(request),
      taken: stranger.requests.take(),
      versions: stranger.datasetVersions.list(dataset.id),
      current: stranger.datasetVersions.current(dataset.id),
      used: stranger.datasets.jobsOf(dataset.id),
      restored: stranger.datasets.restore(dataset.id),
    }).toEqual({
      model: null,
      models: [],
      removed: false,
      speed: null,
      request: null,
      taken: [],
      versions: [],
      current: null,
      used: [],
      restored: null,
    });
    expect(() => stranger.requests.enqueue({ job_id: job.id, command: 'cancel', payload: {} })).toThrow(
      'does not belong',
    );
    expect(owner.settings.all()).toEqual({ theme: 'dark' });
    expect(owner.requests.take().map(({ answer }) => answer)).toEqual([null]);
    expect(owner.baseModels.get(model.id)).not.toBeNull();
  });
});
