import { afterEach, expect, test } from 'vitest';
import type { Checkpoint, JobAttempt, MetricsPoint } from '../../lib/types/job-records';
import type { TrainingJob } from '../../lib/types/lora-training';
import type { KeptRunDataset } from '../../lib/types/run-mixture';
import { fakeId } from '../../fake-rows';
import { mount } from '../../mount';
import { JobPage } from './job-page';
import { exampleAttempt, exampleCheckpoint, exampleJob, examplePoint } from './testing';

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

const TAKEN: KeptRunDataset = {
  dataset_id: fakeId(1),
  dataset_version_id: fakeId(9),
  version_number: 3,
  name: 'Letters',
  sha256: 'a'.repeat(64),
  format: 'chat',
  weight: 1,
};

let attempts: JobAttempt[] = [];
afterEach(() => {
  attempts = [];
});

const open = async (job: TrainingJob, checkpoints: Checkpoint[], points: MetricsPoint[] = []) => {
  page = await mount(<JobPage id={job.id} />, {
    jobs: {
      list: () => [job],
      metrics: () => points,
      events: () => ({ total: 0, events: [] }),
      samples: () => [],
      evaluations: () => [],
      checkpoints: () => checkpoints,
      attempts: () => attempts,
      logs: () => ({ total: 0, lines: [] }),
      datasets: () => [TAKEN],
      resume: () => ({ ...job, status: 'queued', revision: 2 }),
    },
    models: { list: () => [] },
  });
};

const failed = (rest: Partial<TrainingJob>) =>
  exampleJob({ status: 'failed', attempt: 1, error_message: 'It ended.', error_hint: null, ...rest });

const buttons = () => [...document.querySelectorAll('button')].map(({ textContent }) => textContent);

test('a run that a full disk ended is resumed where it stood', async () => {
  const job = failed({ error_code: 'disk_full', error_hint: 'Free some space.', current_step: 9020 });
  await open(job, [exampleCheckpoint(9000)]);
  await page.until(() => expect(buttons()).toContain('Resume'));
  expect(buttons()).toContain('Change the settings');
  expect(page.text()).toContain(
    'Free some space. It goes on from the checkpoint of step 9,000: resuming repeats 20 steps.',
  );
  await page.click(page.button('Resume'));
  await page.until(() => expect(page.fake.calls.map(({ name }) => name)).toContain('jobs.resume'));
});

test('a failure that is sure to come again is not retried unchanged; its remedy is the one thing to do', async () => {
  await open(failed({ error_code: 'token_overflow' }), []);
  await page.until(() => expect(buttons()).toContain('Raise max length…'));
  expect(buttons().filter((words) => /retry|resume/i.test(words))).toEqual([]);
  await page.click(page.button('Raise max length…'));
  expect(page.visited.at(-1)).toMatch(/\/max_length$/);
});

test.each(['running', 'paused', 'interrupted', 'failed', 'completed'] as const)(
  'a run that is %s has its panels in the order of every other',
  async (status) => {
    const at = { current_stage: 'training', current_step: 2, error_code: null, error_message: null } as const;
    await open(exampleJob({ ...at, status }), [], [examplePoint(1), examplePoint(2)]);
    await page.until(() => expect(buttons()).toContain('Samples'));
    const places = ['section[aria-label=Loss]', '[role=tablist]', 'section[aria-label=Speed]'].map(page.find);
    for (const [index, place] of places.slice(1).entries())
      expect(places[index]?.compareDocumentPosition(place)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
  },
);

test('the settings name the base model, and when the next answers come stands above the answers only', async () => {
  const running = exampleJob({
    status: 'running',
    current_stage: 'training',
    current_step: 2,
    plan: { save_every: 50, train_records: 9, held_out_records: 1 },
  });
  await open(running, []);
  await page.until(() => expect(page.text()).toContain('Next samples at step 50'));
  await page.click(page.button('Settings'));
  await page.until(() => expect(page.text()).toContain('Base modelmistralai/Mistral-7B-v0.1'));
  expect(page.text()).toContain('DataLetters, version 3');
  expect(page.text()).toContain('Records9 to train on, 1 held out');
  expect(page.text()).not.toContain('Next samples');
});

test('a run that went on elsewhere says since when it is not exact, and why', async () => {
  const why = 'This attempt goes on, but not bit for bit: torch 2.9.0 → 2.10.0.';
  attempts = [
    exampleAttempt(1),
    exampleAttempt(2, { from_checkpoint: 'checkpoints/step-000050', not_bit_exact: why }),
  ];
  await open(exampleJob({ status: 'running', current_stage: 'training', attempt: 2 }), []);
  await page.until(() =>
    expect(page.text()).toContain('since step 50, where attempt 2 went on: torch 2.9.0 → 2.10.0.'),
  );
});
