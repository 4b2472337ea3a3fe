// @vitest-environment jsdom
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { EMPTY_RUN } from '../job-run';
import { exampleJob } from '../testing';
import { JobFigures } from './job-figures';

const ENDED = Date.parse('2026-03-01T10:00:00.000Z');

const RUN = {
  ...EMPTY_RUN,
  events: [{ seq: 1, attempt: 1, time: new Date(ENDED).toISOString(), event: 'completed', payload: {} }],
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

test('a run that failed before its data was read counted nothing', () => {
  const place = document.createElement('div');
  const root = createRoot(place);
  const failed = { status: 'failed', attempt: 1, worked_ms: 1000 } as const;
  const show = (job: TrainingJob) => {
    act(() => root.render(<JobFigures job={job} run={EMPTY_RUN} />));
  };
  show(exampleJob({ status: 'running', current_stage: 'preprocessing', attempt: 1 }));
  expect(place.textContent).toContain('Records—counted with the data');
  show(exampleJob({ ...failed, completed_at: new Date(ENDED).toISOString() }));
  expect(place.textContent).toContain('Records—not counted');
  act(() => root.unmount());
});
