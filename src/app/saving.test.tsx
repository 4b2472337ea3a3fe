import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeApi } from '../fake-api';
import { fakeJob } from '../fake-rows';
import { JobPage, JobsPage } from '../features/jobs';
import { mount, standInForLayout } from '../mount';
import { Palette } from './palette';
import { StatusBar } from './status-bar';
import { openOverlay } from './ui-state';

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

const HANDLERS = {
  jobs: { list: () => [JOB], saving: () => [ID] },
  models: { list: () => [] },
  datasets: { list: () => [] },
};

test('a right click on its row offers nothing that is to be done with it either', async () => {
  const page = await mount(<JobsPage />, HANDLERS);
  unmount = () => undefined;
  await page.until(() => expect(page.text()).toContain('Saving'));
  const items = () => [...document.querySelectorAll('[role=menuitem]')].map(({ textContent }) => textContent);
  act(() => {
    page
      .find('[data-row]')
      .dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, button: 2 }));
  });
  await page.until(() => expect(items()).toEqual(['New run like this']));
  act(() => page.fake.emit('jobs', 'saving_changed', []));
  await page.until(() => expect(items()).toContain('Pause'));
});

test('nor does the palette', async () => {
  standInForLayout();
  const page = await mount(<Palette />, HANDLERS);
  unmount = () => openOverlay(null);
  act(() => openOverlay('palette'));
  const options = () => [...document.querySelectorAll('[cmdk-item]')].map(({ textContent }) => textContent);
  await page.until(() => expect(options().length).toBeGreaterThan(0));
  const input = page.find('[cmdk-input]');
  if (!(input instanceof HTMLInputElement)) throw new Error('The field is none.');
  await page.type(input, 'keeper');
  await page.until(() => expect(options().join()).toContain('New run like “Keeper”'));
  expect(options().join()).not.toMatch(/Pause|Cancel|Sample|Save a checkpoint/);
  act(() => page.fake.emit('jobs', 'saving_changed', []));
  await page.until(() => expect(options().join()).toContain('Pause “Keeper”'));
});
