// @vitest-environment jsdom
import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeApi } from '../fake-api';
import { JobPage, JobsPage } from '../features/jobs';
import { resolveSettings } from '../lib/training/settings';
import type { TrainingJob } from '../lib/types/lora-training';
import { StatusBar } from './status-bar';

const ID = '6f1c1c5e-2f0a-4c3e-9d7b-0d4e8a1b2c3d';
const AT = '2026-03-01T10:00:00.000Z';

const JOB: TrainingJob = {
  id: ID,
  user_id: ID,
  name: 'Keeper',
  dataset_id: ID,
  base_model_id: ID,
  base_model_fingerprint: 'f',
  preset_id: 'balanced',
  method: 'sft',
  hyperparameters: resolveSettings({
    preset_id: 'balanced',
    changes: {},
    base_model_name: 'tiny',
    device: 'cpu',
    model_max_length: 512,
  }),
  gpu_config: { gpu_type: 'cpu', num_gpus: 0, gpu_memory_gb: 0, cost_per_gpu_hour: 0 },
  status: 'running',
  current_stage: 'training',
  progress: 50,
  current_epoch: 0,
  total_epochs: 1,
  current_step: 3,
  total_steps: 6,
  current_metrics: null,
  queued_at: AT,
  started_at: AT,
  completed_at: null,
  estimated_completion_at: null,
  current_cost: 0,
  estimated_total_cost: 0,
  final_cost: null,
  error_code: null,
  error_message: null,
  error_hint: null,
  error_stack: null,
  retry_count: 0,
  retry_of: null,
  external_job_id: null,
  artifact_id: null,
  init_artifact_id: null,
  position: 1,
  last_seq: 1,
  attempt: 1,
  plan: null,
  cancel_reason: null,
  created_at: AT,
  updated_at: AT,
  notes: null,
  tags: [],
  verdict: null,
  revision: 1,
};

let unmount: () => void;
let fake: ReturnType<typeof createFakeApi>;

beforeEach(() => {
  Reflect.set(globalThis, 'IS_REACT_ACT_ENVIRONMENT', true);
  fake = createFakeApi({ jobs: { list: () => [JOB], saving: () => [ID] }, models: { list: () => [] } });
  window.api = fake;
});

afterEach(() => act(() => unmount()));

const shown = async (screen: ReactNode): Promise<HTMLElement> => {
  const place = document.createElement('div');
  const root = createRoot(place);
  unmount = () => root.unmount();
  await act(async () => {
    root.render(screen);
    await Promise.resolve();
  });
  return place;
};

const buttonsOf = (place: HTMLElement): string[] =>
  [...place.querySelectorAll('button')].map((button) => button.textContent);

test.each([
  ['the list', <JobsPage key="list" />],
  ['the page', <JobPage key="page" id={ID} />],
])('%s of jobs says that one saves, and lets it be until it has', async (_name, screen) => {
  const place = await shown(screen);
  await expect.poll(() => place.textContent).toContain('Saving');
  expect(buttonsOf(place)).not.toContain('Pause');
  act(() => fake.emit('jobs', 'saving_changed', []));
  await expect.poll(() => buttonsOf(place)).toContain('Pause');
  expect(place.textContent).not.toContain('Saving');
});

test('the status bar says that a job saves', async () => {
  const place = await shown(<StatusBar />);
  await expect.poll(() => place.textContent).toContain('Keeper: saving');
  act(() => fake.emit('jobs', 'saving_changed', []));
  await expect.poll(() => place.textContent).toContain('Keeper: training, step 3 of 6');
});
