import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeApi } from '../fake-api';
import { fakeJob } from '../fake-rows';
import { JobPage, JobsPage } from '../features/jobs';
import { StatusBar } from './status-bar';

const JOB = fakeJob(1, {
  name: 'Keeper',
  status: 'running',
  current_stage: 'training',
  progress: 50,
  current_step: 3,
  total_steps: 6,
  completed_at: null,
});
const ID = JOB.id;

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
