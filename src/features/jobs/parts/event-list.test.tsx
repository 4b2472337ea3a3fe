import { afterEach, expect, test } from 'vitest';
import { fakeId } from '../../../fake-rows';
import type { JobEvent } from '../../../lib/types/job-records';
import { mount } from '../../../mount';
import { useJobRun } from '../job-run';
import { EventList } from './event-list';

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

const warning = (seq: number): JobEvent => ({
  seq,
  attempt: 1,
  time: '2026-03-01T09:00:00.000Z',
  event: 'warning',
  payload: { message: `Warning ${seq}.` },
});

const ID = fakeId(1);

const Events = () => {
  const run = useJobRun(ID);
  return run.kind === 'ready' ? <EventList jobId={ID} run={run.value} /> : null;
};

const open = async (total: number) => {
  page = await mount(<Events />, {
    jobs: {
      metrics: () => [],
      samples: () => [],
      evaluations: () => [],
      checkpoints: () => [],
      events: ({ offset, limit }) => ({
        total,
        events: Array.from({ length: Math.min(limit, total - offset) }, (_, at) => warning(offset + at + 1)),
      }),
    },
  });
  await page.until(() => expect(page.text()).toContain('Warning 1.'));
};

test('of a long run it says how many events there are and which are not here', async () => {
  await open(1700);
  expect(page.text()).toContain('1,000 of 1,700 events: the first 500 and the last 500.');
  expect(page.text()).toContain(`The 700 between them are in runs/${ID}/events.jsonl in the data folder.`);
  expect(page.text()).not.toContain('Warning 600.');
  page.fake.emit('jobs', 'news', {
    job_id: ID,
    events: [warning(1701)],
    samples: [],
    evaluations: [],
    checkpoints: [],
  });
  await page.until(() =>
    expect(page.text()).toContain('1,001 of 1,701 events: the first 500 and the last 501.'),
  );
});

test('where every event is here it says nothing of that', async () => {
  await open(900);
  expect(document.querySelectorAll('li')).toHaveLength(900);
  expect(page.text()).not.toContain('of 900');
});
