import { afterEach, expect, test } from 'vitest';
import type { FakeHandlers } from '../../fake-api';
import { fakeId } from '../../fake-rows';
import type { ExpectedTime } from '../../lib/types/estimate';
import type { TrainingJob } from '../../lib/types/lora-training';
import { mount } from '../../mount';
import { JobsPage } from './jobs-page';
import { GRID } from './parts/job-grid';
import { exampleCheckpoint, exampleEvaluation, exampleJob } from './testing';

type Records = Pick<NonNullable<FakeHandlers['jobs']>, 'checkpoints' | 'evaluations'>;
type Mounted = Awaited<ReturnType<typeof mount>>;

let page: Mounted;
afterEach(() => page.unmount());

const MINUTE = 60_000;
const TIME = { low: 61 * MINUTE, expected: 72 * MINUTE, high: 83 * MINUTE };

const KNOWN: ExpectedTime = { time_ms: TIME, time_method: 'From 3 past runs.' };
const UNKNOWN: ExpectedTime = { time_ms: null, time_method: 'No run was measured yet.' };

const open = async (rows: TrainingJob[], expected = KNOWN, records: Records = {}) => {
  page = await mount(<JobsPage />, {
    jobs: { list: () => rows, expected_time: () => expected, move: () => undefined, ...records },
    models: { list: () => [] },
  });
};

const waitingRows = () =>
  [...document.querySelectorAll('section[aria-label=Waiting] li')].map(({ textContent }) => textContent);

const RUNNING = exampleJob({
  status: 'running',
  current_stage: 'training',
  current_step: 60,
  current_metrics: { training_loss: 2, learning_rate: 1e-4, step_ms: 1000, pace_ms: 1000 },
  estimated_completion_at: new Date(Date.now() + 40_000).toISOString(),
});

const waiting = (nth: number, name: string) => exampleJob({ id: fakeId(nth), name, position: nth });

test('while the list is read, a bar stands in the place of each figure to come', async () => {
  page = await mount(<JobsPage />, { jobs: { list: () => new Promise<never>(() => undefined) } });
  const heads = page.find('[aria-hidden].grid');
  const rows = [...page.find('[role=status][aria-label="Reading…"]').children];
  expect(rows.length).toBeGreaterThan(3);
  for (const row of rows) {
    expect(row.className.split(' ')).toEqual(expect.arrayContaining(GRID.split(' ')));
    expect(row.querySelectorAll('.skeleton')).toHaveLength(heads.children.length + 2);
  }
});

test('each job that waits says when it begins and how long it takes; the group when all is done', async () => {
  await open([RUNNING, waiting(2, 'Summaries'), waiting(3, 'Notes')]);
  await page.until(() => {
    const [first, second] = waitingRows();
    expect(first).toMatch(/Summaries1\. starts ≈ .*\d\d:\d\dtakes ≈ 1 h 12 min$/);
    expect(second).toMatch(/Notes2\. starts ≈ .*\d\d:\d\dtakes ≈ 1 h 12 min$/);
  });
  expect(page.find('section[aria-label=Waiting] h2').textContent).toMatch(/all done ≈ .*\d\d:\d\d$/);
});

test('where nothing is measured yet, the order is all that is told', async () => {
  await open([RUNNING, waiting(2, 'Summaries'), waiting(3, 'Notes')], UNKNOWN);
  await page.until(() => {
    const [first, second] = waitingRows();
    expect(first).toMatch(/Summaries1\. starts ≈ .*\d\d:\d\d—$/);
    expect(second).toMatch(/Notes2\. waiting—$/);
  });
  expect(page.find('section[aria-label=Waiting] h2').textContent).not.toContain('all done');
});

test('a search leaves each job that waits its place and its time', async () => {
  await open([RUNNING, waiting(2, 'Summaries'), waiting(3, 'Notes')]);
  await page.until(() => expect(waitingRows()).toHaveLength(2));
  const search = page.find('input[data-search]');
  if (!(search instanceof HTMLInputElement)) throw new Error('The search is no field.');
  await page.type(search, 'Notes');
  await page.until(() => expect(waitingRows()).toHaveLength(1));
  await page.until(() =>
    expect(waitingRows()[0]).toMatch(/Notes2\. starts ≈ .*\d\d:\d\dtakes ≈ 1 h 12 min$/),
  );
});

const waitingRow = (name: string): HTMLElement => {
  const link = page.button(name);
  const row = link.closest('li');
  if (!row?.draggable) throw new Error(`${name} cannot be dragged.`);
  return row;
};

const moves = () => page.fake.calls.filter(({ name }) => name === 'jobs.move').map(({ input }) => input);
const saidAloud = () => page.find('section[aria-label=Waiting] [role=status]').textContent;

test('a job that waits is dragged to another place', async () => {
  await open([waiting(2, 'Summaries'), waiting(3, 'Notes'), waiting(4, 'Letters')]);
  await page.until(() => expect(waitingRows()).toHaveLength(3));
  await page.drag(waitingRow('Letters'), waitingRow('Summaries'));
  expect(moves()).toEqual([{ id: fakeId(4), to: 0 }]);
  await page.until(() => expect(saidAloud()).toBe('Letters is now 1 of 3.'));
  await page.drag(page.find('h2'), waitingRow('Notes'));
  expect(moves()).toHaveLength(1);
});

test('Alt and an arrow move a job that waits, as far as the list goes', async () => {
  await open([waiting(2, 'Summaries'), waiting(3, 'Notes')]);
  await page.until(() => expect(waitingRows()).toHaveLength(2));
  await page.press(page.button('Notes'), 'ArrowUp', { altKey: true });
  expect(moves()).toEqual([{ id: fakeId(3), to: 0 }]);
  await page.until(() => expect(saidAloud()).toBe('Notes is now 1 of 2.'));
  await page.press(page.button('Summaries'), 'ArrowDown', { altKey: true });
  await page.until(() => expect(saidAloud()).toBe('Summaries is now 2 of 2.'));
  await page.press(page.button('Summaries'), 'ArrowUp', { altKey: true });
  await page.press(page.button('Notes'), 'ArrowDown', { altKey: true });
  await page.press(page.button('Notes'), 'ArrowUp');
  expect(moves().slice(1)).toEqual([{ id: fakeId(2), to: 1 }]);
});

test('a run that ended says how long it worked', async () => {
  await open([
    exampleJob({ status: 'failed', error_message: 'No.', worked_ms: 68_000, attempt: 1 }),
    exampleJob({ id: fakeId(2), status: 'cancelled', worked_ms: 700_000, attempt: 1 }),
  ]);
  await page.until(() => expect(page.text()).toContain('1 min 8 s worked'));
  expect(page.text()).toContain('11 min 40 s worked');
});

const rowOf = (group: string) => page.find(`section[aria-label="${group}"] li`).textContent;

test('a run at work says how far it is, and from which loss the held-out one came down', async () => {
  const metrics = { training_loss: 2, learning_rate: 1e-4, validation_loss: 1.558 };
  await open([exampleJob({ ...RUNNING, current_metrics: metrics })], KNOWN, {
    evaluations: () => [exampleEvaluation(0, 4.64), exampleEvaluation(50, 1.558)],
  });
  await page.until(() => expect(rowOf('Running')).toContain('step 60 of 100held-out 1.558 from 4.640'));
});

test('a run that stopped says its step, its checkpoint and what resuming repeats', async () => {
  const stopped = exampleJob({
    status: 'interrupted',
    attempt: 1,
    current_step: 67,
    error_message: 'Power was lost.',
  });
  await open([stopped], KNOWN, { checkpoints: () => [exampleCheckpoint(50)] });
  await page.until(() =>
    expect(rowOf('Needs you')).toContain(
      'Power was lost.It goes on from the checkpoint of step 50: resuming repeats 17 steps.',
    ),
  );
  expect(rowOf('Needs you')).toContain(', step 67 of 100');
});

test('a row that failed offers what the page of its job does', async () => {
  const failed = { status: 'failed', attempt: 1, error_message: 'It ended.', current_step: 60 } as const;
  const diverged = exampleJob({ ...failed, error_code: 'loss_diverged', name: 'Hot' });
  const full = exampleJob({ ...failed, id: fakeId(2), error_code: 'disk_full', name: 'Full' });
  await open([diverged, full], KNOWN, { checkpoints: () => [exampleCheckpoint(50)] });
  await page.until(() => expect(page.button('Resume: Full')).toBeTruthy());
  expect(page.button('Lower learning rate…: Hot')).toBeTruthy();
});
