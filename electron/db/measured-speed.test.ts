import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DatabaseSession } from './session';
import { addJob, newArtifact, openNew, rawIn } from './testing';

let folder = '';
let session: DatabaseSession;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'speed-'));
  session = openNew(folder);
});
afterEach(() => {
  session.close();
  rmSync(folder, { recursive: true });
});

/** A finished run of the first one's base model, with a point for each speed. */
const addRun = (ids: { job: string; model: string }, gpuType: string, speeds: readonly number[]): void => {
  const db = rawIn(folder);
  db.pragma('foreign_keys = OFF');
  // A finished run is written as it is, past the table of states.
  db.prepare(
    "UPDATE training_jobs SET base_model_id = ?, gpu_config = json_set(gpu_config, '$.gpu_type', ?) WHERE id = ?",
  ).run(ids.model, gpuType, ids.job);
  for (const status of ['initializing', 'running', 'completed'])
    db.prepare('UPDATE training_jobs SET status = ? WHERE id = ?').run(status, ids.job);
  const insert = db.prepare(
    'INSERT INTO metrics_points (job_id, step, attempt, epoch, training_loss, learning_rate, throughput, timestamp) VALUES (?, ?, 1, 0, 2, 0, ?, ?)',
  );
  speeds.forEach((speed, step) => insert.run(ids.job, step, speed, '2026-01-01T00:00:00.000Z'));
  db.close();
};

it('the measured speed is the median over the finished runs on the same kind of device', () => {
  const repositories = session.forUser(session.profile().id);
  const speed = (device: string) => repositories.records.measuredSpeed(model.id, device);
  const { job, model } = addJob(repositories);
  const [second, card] = [addJob(repositories).job, addJob(repositories).job];
  expect(speed('cpu')).toBeNull();
  addRun({ job: job.id, model: model.id }, 'cpu', [0, 10, 30]);
  addRun({ job: second.id, model: model.id }, 'cpu', [20, 50, 40]);
  addRun({ job: card.id, model: model.id }, 'A Card', [9000]);
  expect(speed('cpu')).toEqual({ tokens_per_second: 30, runs: 2, besides_ms: 0 });
  expect(speed('A Card')).toEqual({ tokens_per_second: 9000, runs: 1, besides_ms: 0 });
  expect(speed('Another Card')).toBeNull();
});

it('what runs worked beside their steps is the median of the rest of their time', () => {
  const repositories = session.forUser(session.profile().id);
  const runs = [addJob(repositories), addJob(repositories), addJob(repositories)];
  const base_model_id = runs[0]?.model.id ?? '';
  for (const [index, { job, dataset }] of runs.entries()) {
    const made = newArtifact({ job_id: job.id, dataset_id: dataset.id, base_model_id });
    const training_summary = { ...made.training_summary, duration_ms: 10_000 * (index + 1) };
    repositories.artifacts.create({ ...made, training_summary });
    addRun({ job: job.id, model: base_model_id }, 'cpu', [10, 10]);
    const db = rawIn(folder);
    db.prepare('UPDATE metrics_points SET step_ms = 1500 WHERE job_id = ?').run(job.id);
    db.close();
  }
  expect(repositories.records.measuredSpeed(base_model_id, 'cpu')?.besides_ms).toBe(17_000);
});
