import { afterEach, expect, test } from 'vitest';
import type { JobStatus } from '../../../lib/types/lora-training';
import { mount } from '../../../mount';
import { STATUS_WORDS } from '../job-words';
import { exampleJob } from '../testing';
import { StageBar } from './stage-bar';

let bar: Awaited<ReturnType<typeof mount>>;
afterEach(() => bar.unmount());

const coloursOf = async (status: JobStatus) => {
  const job = exampleJob({ status, current_stage: 'training', current_step: 50 });
  bar = await mount(<StageBar job={job} times={new Map()} checking={null} />, {});
  return new Set([...document.querySelectorAll('li [style]')].map(({ className }) => className));
};

test.each(['paused', 'interrupted'] as const)(
  'the bar of a run that is %s is not that of one at work',
  async (status) => {
    expect(await coloursOf(status)).toEqual(new Set(['h-full bg-line-control']));
  },
);

test('the bar of a run at work has the colour of work', async () => {
  expect(await coloursOf('running')).toEqual(new Set(['h-full bg-accent']));
});

test('that a person paused a run is no warning', () => {
  expect([STATUS_WORDS.paused.tone, STATUS_WORDS.interrupted.tone]).toEqual(['neutral', 'warn']);
});
