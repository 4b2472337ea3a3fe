import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DatabaseSession } from './session';
import { addJob, newArtifact, openNew, rawIn } from './testing';

let folder = '';
let session: DatabaseSession;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memory-'));
  session = openNew(folder);
});
afterEach(() => {
  session.close();
  rmSync(folder, { recursive: true });
});

const PLAN = {
  micro_batch: 4,
  recompute_mlps: 0,
  recompute_layers: 2,
  longest_row: 96,
  total_tokens: 1000,
  trained_tokens: 250,
};

const repositories = () => session.forUser(session.profile().id);

/** A finished run that held `peak` bytes, laid out as `plan` says. */
const addRun = (peak: number, plan: object | null, gpuType = 'cpu'): string => {
  const { job, dataset, model } = addJob(repositories());
  const db = rawIn(folder);
  // A finished run is written as it is, past the table of states.
  db.prepare(
    "UPDATE training_jobs SET plan = ?, gpu_config = json_set(gpu_config, '$.gpu_type', ?) WHERE id = ?",
  ).run(plan === null ? null : JSON.stringify(plan), gpuType, job.id);
  for (const status of ['initializing', 'running', 'completed'])
    db.prepare('UPDATE training_jobs SET status = ? WHERE id = ?').run(status, job.id);
  db.close();
  const ids = { job_id: job.id, dataset_id: dataset.id, base_model_id: model.id };
  const artifact = newArtifact(ids);
  repositories().artifacts.create({
    ...artifact,
    training_summary: { ...artifact.training_summary, peak_memory_bytes: peak },
  });
  return model.architecture;
};

it('gives what finished runs of an architecture held on a device, with how they were laid out', () => {
  const architecture = addRun(3e9, PLAN);
  addRun(9e9, { ...PLAN, base: 'offloaded' }, 'A Card');
  // Of an older version, and one whose memory was not measured.
  addRun(4e9, null);
  addRun(0, PLAN);
  const { measuredMemory } = repositories().records;
  expect(measuredMemory(architecture, 'cpu')).toMatchObject([
    {
      peak_memory_bytes: 3e9,
      plan: { micro_batch: 4, recompute_mlps: 0, recompute_layers: 2 },
      longest_row: 96,
      trained_share: 0.25,
      model: { config: { hidden_size: expect.any(Number) as number } },
    },
  ]);
  expect(measuredMemory(architecture, 'A Card')).toMatchObject([
    { peak_memory_bytes: 9e9, plan: { base: 'offloaded' } },
  ]);
  expect(measuredMemory('another', 'cpu')).toEqual([]);
});

it('keeps apart how adapters computed, and takes a plan that does not say for one of PEFT’s own', () => {
  const architecture = addRun(3e9, PLAN);
  for (let run = 1; run <= 6; run += 1) addRun(run * 1e9, { ...PLAN, path: 'fast' });
  const found = repositories().records.measuredMemory(architecture, 'cpu');
  expect(found.map(({ path }) => path).toSorted()).toEqual([...Array<string>(5).fill('fast'), 'stock']);
  expect(found.find(({ path }) => path === 'stock')).toMatchObject({ peak_memory_bytes: 3e9 });
});
