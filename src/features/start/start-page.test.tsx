import { act } from 'react';
import { afterEach, expect, test } from 'vitest';
import { fakeId, fakeJob } from '../../fake-rows';
import type { TrainingJob } from '../../lib/types/lora-training';
import { AppError } from '../../lib/messages/app-error';
import { mount } from '../../mount';
import { doctor } from '../../stores';
import { StartPage } from './start-page';

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

const open = async (jobs: readonly TrainingJob[], lastJob: string | null) => {
  page = await mount(<StartPage />, {
    datasets: { list: () => [] },
    models: { list: () => [] },
    system: {
      doctor: () => [],
      hardware: () => ({
        gpus: [],
        problem: null,
        driver: null,
        cpu_name: 'AMD EPYC',
        cpu_cores: 2,
        cpu_bf16: false,
        memory_total_bytes: 23.5 * 1024 ** 3,
        memory_free_bytes: 1e9,
        disk_free_bytes: 200e9,
        disk_total_bytes: 500e9,
      }),
    },
    jobs: {
      list: () => [...jobs],
      last_size: () => null,
      try_it_plan: () => ({
        model_name: 'tiny',
        model_bytes: 1000,
        records: 250,
        sample_bytes: 1000,
        lora_rank: 16,
        steps: { fewest: 14, most: 24 },
        last_job_id: lastJob,
      }),
      get: () => fakeJob(1),
      events: () => ({ total: 0, events: [] }),
      metrics: () => [],
    },
  });
  await page.until(() => expect(page.text()).toContain('Load tiny'));
};

const isFilled = (words: string) => page.button(words).className.includes('bg-accent ');

test('before the first run it says how long that takes, and a processor is no failing of the machine', async () => {
  await open([], null);
  expect(page.text()).toContain('About a minute and a half on two cores.');
  expect([isFilled('Try it'), isFilled('New run')]).toEqual([true, false]);
  await page.until(() => expect(page.text()).toContain('training runs on the processor'));
  expect(page.text()).toContain('AMD EPYC, 2 cores, 23.5 GB. Small models train well on it.');
  expect(page.text()).toContain('Optional');
});

test('behind a job that runs it starts later, and once it was tried New run comes first', async () => {
  await open([fakeJob(2, { status: 'running' })], fakeId(1));
  expect(page.button('Try it').textContent).toBe('Try it, after the queue');
  expect([isFilled('Try it'), isFilled('New run')]).toEqual([false, true]);
  expect(
    [...document.querySelectorAll('button')].filter((one) => one.textContent.startsWith('New run')),
  ).toHaveLength(1);
});

test('one thing that went wrong is told once, with what is safe and one way to try again', async () => {
  const locked = () => {
    throw new AppError({ code: 'database_locked', message: 'The database is locked.', hint: 'Wait.' });
  };
  page = await mount(<StartPage />, {
    datasets: { list: locked },
    models: { list: locked },
    system: { doctor: locked, hardware: locked },
    jobs: { list: locked, last_size: locked, try_it_plan: locked },
  });
  await act(() => doctor.refresh());
  await page.until(() => expect(page.text()).toContain('The jobs cannot be read.'));
  expect(document.querySelectorAll('[role=alert]')).toHaveLength(1);
  expect(page.text().split('The database is locked.')).toHaveLength(2);
  expect(page.text()).toContain('Your files are untouched; a running job goes on.');
});
