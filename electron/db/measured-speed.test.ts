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
  const speed = (device: string) =>
    repositories.records.measuredSpeed(model.id, device, { path: 'stock', processes: 1 });
  const { job, model } = addJob(repositories);
  const [second, card] = [addJob(repositories).job, addJob(repositories).job];
  expect(speed('cpu')).toBeNull();
  addRun({ job: job.id, model: model.id }, 'cpu', [0, 10, 30]);
  addRun({ job: second.id, model: model.id }, 'cpu', [20, 50, 40]);
  addRun({ job: card.id, model: model.id }, 'A Card', [9000]);
  expect(speed('cpu')).toEqual({ tokens_per_second: 30, runs: 2, past: [] });
  expect(speed('A Card')).toEqual({ tokens_per_second: 9000, runs: 1, past: [] });
  expect(speed('Another Card')).toBeNull();
});

it('runs whose adapters computed otherwise count only where there are no others', () => {
  const repositories = session.forUser(session.profile().id);
  const { records } = repositories;
  const { job, model } = addJob(repositories);
  const fast = addJob(repositories).job;
  addRun({ job: fast.id, model: model.id }, 'cpu', [300]);
  const db = rawIn(folder);
  db.prepare('UPDATE training_jobs SET plan = ? WHERE id = ?').run('{"path":"fast"}', fast.id);
  db.close();
  expect(records.measuredSpeed(model.id, 'cpu', { path: 'stock', processes: 1 })).toMatchObject({
    tokens_per_second: 300,
    runs: 1,
  });
  addRun({ job: job.id, model: model.id }, 'cpu', [100]);
  expect(records.measuredSpeed(model.id, 'cpu', { path: 'stock', processes: 1 })).toMatchObject({
    tokens_per_second: 100,
    runs: 1,
  });
  expect(records.measuredSpeed(model.id, 'cpu', { path: 'fast', processes: 1 })).toMatchObject({
    tokens_per_second: 300,
    runs: 1,
  });
});

it('what runs worked beside their steps is known of each, and how long the untouched model took', () => {
  const repositories = session.forUser(session.profile().id);
  const { job, dataset, model } = addJob(repositories);
  const made = newArtifact({ job_id: job.id, dataset_id: dataset.id, base_model_id: model.id });
  const training_summary = { ...made.training_summary, duration_ms: 20_000 };
  repositories.artifacts.create({ ...made, training_summary });
  addRun({ job: job.id, model: model.id }, 'cpu', [10, 10]);
  const db = rawIn(folder);
  db.prepare('UPDATE metrics_points SET step_ms = 1500 WHERE job_id = ?').run(job.id);
  db.prepare('UPDATE training_jobs SET plan = ?, hyperparameters = ? WHERE id = ?').run(
    JSON.stringify({ total_tokens: 800, total_steps: 2, held_out_records: 5 }),
    JSON.stringify({ batch_size: 2, gradient_accumulation_steps: 2 }),
    job.id,
  );
  const tell = db.prepare(
    'INSERT INTO job_events (job_id, attempt, time, event, payload) VALUES (?, 1, ?, ?, ?)',
  );
  const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;
  tell.run(job.id, at(1), 'stage', JSON.stringify({ name: 'model_loading' }));
  tell.run(job.id, at(4), 'stage', JSON.stringify({ name: 'training' }));
  tell.run(job.id, at(5), 'evaluation', JSON.stringify({ step: 0 }));
  tell.run(job.id, at(8), 'sample', JSON.stringify({ step: 0 }));
  tell.run(job.id, at(9), 'evaluation', JSON.stringify({ step: 1 }));
  const evaluate = db.prepare(
    `INSERT INTO evaluations (job_id, attempt, step, subject, "group", loss, tokens, method, final) VALUES (?, 1, ?, 'adapter', 'all', 1, 9, 'm', ?)`,
  );
  for (const [step, final] of [
    [0, 0],
    [1, 0],
    [1, 1],
  ])
    evaluate.run(job.id, step, final);
  const answer = db.prepare(
    `INSERT INTO samples (job_id, attempt, step, prompt_id, prompt, seed, text) VALUES (?, 1, ?, ?, 'Why?', 1, 'So.')`,
  );
  for (const [step, prompt] of [
    [0, 'a'],
    [0, 'b'],
    [2, 'a'],
  ])
    answer.run(job.id, step, prompt);
  db.close();
  expect(repositories.records.measuredSpeed(model.id, 'cpu', { path: 'stock', processes: 1 })?.past).toEqual([
    {
      ...{ besides_ms: 17_000, evaluations: 2, held_out_tokens: 500, evaluation_ms: 1000 },
      ...{ answers: 3, first_answers: 2, first_answers_ms: 3000 },
    },
  ]);
});
