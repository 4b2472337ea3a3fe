import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { createFakeApi } from '../../../fake-api';
import { mount } from '../../../mount';
import { EMPTY_RUN } from '../job-run';
import type { JobRun } from '../job-run';
import { exampleJob } from '../testing';
import { JobFigures } from './job-figures';

const ENDED = Date.parse('2026-03-01T10:00:00.000Z');

const END = { seq: 1, attempt: 1, time: new Date(ENDED).toISOString(), event: 'completed', payload: {} };

const RUN = {
  ...EMPTY_RUN,
  events: [END],
};

const JOB = exampleJob({
  status: 'running',
  current_stage: 'finalization',
  current_step: 100,
  progress: 100,
  worked_ms: 60_000,
  attempt: 1,
});

beforeEach(() => {
  Reflect.set(globalThis, 'IS_REACT_ACT_ENVIRONMENT', true);
  window.api = createFakeApi();
  vi.useFakeTimers({ now: ENDED + 8000 });
});

afterEach(() => {
  vi.useRealTimers();
});

test('the check of the adapter has a name and a clock that runs until the job has ended', () => {
  const place = document.createElement('div');
  const root = createRoot(place);
  const show = (job: TrainingJob) => {
    act(() => root.render(<JobFigures job={job} run={RUN} />));
  };
  show(JOB);
  expect(place.textContent).toContain('Checking the adapter0:08all steps are done');
  expect(place.textContent).toContain('Check 0:08');
  act(() => {
    vi.advanceTimersByTime(2000);
  });
  expect(place.textContent).toContain('Checking the adapter0:10');
  show({ ...JOB, status: 'completed' });
  expect(place.textContent).not.toContain('Check');
  act(() => root.unmount());
});

const GB = 1024 ** 3;
const MEMORY = {
  bytes: { low: 2 * GB, expected: 2.8 * GB, high: 3 * GB },
  total_bytes: 23.5 * GB,
  method: 'Formula.',
};

const shown = async (job: TrainingJob, run: JobRun = EMPTY_RUN) => {
  vi.useRealTimers();
  return mount(<JobFigures job={job} run={run} />, {
    jobs: { expected_time: () => ({ time_ms: null, time_method: 'None.', memory: MEMORY }) },
  });
};

test('where no step says what it holds, the estimate stands until the trainer has measured it', async () => {
  const live = await shown(exampleJob({ status: 'running', current_stage: 'training', attempt: 1 }));
  await live.until(() => expect(live.text()).toContain('Memory, estimated≈ 2.8 GBof 23.5 GB'));
  await live.unmount();
  const ended = { ...EMPTY_RUN, events: [{ ...END, payload: { peak_memory_bytes: 2 * GB } }] };
  const done = await shown(exampleJob({ status: 'completed', attempt: 1 }), ended);
  await done.until(() => expect(done.text()).toContain('Memory, peak2.0 GBon the processor'));
  await done.unmount();
});

test('what is measured stands beside what was expected while the run goes on', async () => {
  const job = exampleJob({ status: 'running', current_stage: 'training', attempt: 1 });
  const page = await shown(job, {
    ...EMPTY_RUN,
    events: [{ ...END, payload: { peak_memory_bytes: 2 * GB } }],
  });
  await page.until(() =>
    expect(page.text()).toContain('Memory, peak2.0 GBestimated ≈ 2.8 GB, on the processor'),
  );
  await page.unmount();
});

test('a run that failed before anything was measured keeps no room for a dash', async () => {
  const page = await shown(exampleJob({ status: 'failed', attempt: 1, worked_ms: 1000 }));
  expect(page.text()).not.toMatch(/Memory|Records/);
  expect(page.fake.calls.map(({ name }) => name)).not.toContain('jobs.expected_time');
  await page.unmount();
});
