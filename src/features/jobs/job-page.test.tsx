// @vitest-environment jsdom
import { afterEach, expect, test } from 'vitest';
import type { Checkpoint } from '../../lib/types/job-records';
import type { TrainingJob } from '../../lib/types/lora-training';
import { mount } from '../../mount';
import { JobPage } from './job-page';
import { exampleCheckpoint, exampleJob } from './testing';

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

const open = async (job: TrainingJob, checkpoints: Checkpoint[]) => {
  page = await mount(<JobPage id={job.id} />, {
    jobs: {
      list: () => [job],
      metrics: () => [],
      events: () => ({ total: 0, events: [] }),
      samples: () => [],
      evaluations: () => [],
      checkpoints: () => checkpoints,
      logs: () => ({ total: 0, lines: [] }),
      datasets: () => [],
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
