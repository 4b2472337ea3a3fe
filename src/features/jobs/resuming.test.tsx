import { act } from 'react';
import { beforeEach, expect, test } from 'vitest';
import { AppError } from '../../lib/messages/app-error';
import type { TrainingJob } from '../../lib/types/lora-training';
import { mount } from '../../mount';
import { JobsPage } from './jobs-page';
import { ResumeAnyway } from './parts/resume-anyway';
import { resumeJob } from './resuming';
import { exampleCheckpoint, exampleJob } from './testing';

const PAUSED = exampleJob({ status: 'paused', attempt: 1, current_step: 40 });
const QUEUED: TrainingJob = { ...PAUSED, status: 'queued', revision: 2 };
const CHANGES = 'The run would go on, but not bit for bit as it began: torch 2.9.0 → 2.10.0.';

interface Wish {
  readonly id: string;
  readonly inexact?: boolean | undefined;
}

let page: Awaited<ReturnType<typeof mount>>;
/** How the trainer answers. */
let answer: (wish: Wish) => TrainingJob | Promise<TrainingJob>;

beforeEach(async () => {
  page = await mount(
    <>
      <JobsPage />
      <ResumeAnyway />
    </>,
    {
      jobs: {
        list: () => [PAUSED],
        saving: () => [],
        checkpoints: () => [exampleCheckpoint(40)],
        resume: (wish) => answer(wish),
      },
      models: { list: () => [] },
    },
  );
  await page.until(() => page.button('Resume'));
});

const wishes = () => page.fake.calls.filter(({ name }) => name === 'jobs.resume').map(({ input }) => input);
const dialog = () => document.querySelector('[role=alertdialog]');

const inexact = ({ inexact: isKnown }: Wish): TrainingJob => {
  if (isKnown === true) return QUEUED;
  throw new AppError({ code: 'resume_not_exact', message: CHANGES, hint: 'Retry it.' });
};

test('a run that would not go on bit for bit says what changed, and goes on once that is confirmed', async () => {
  answer = inexact;
  await page.click(page.button('Resume'));
  await page.until(() => expect(dialog()?.textContent).toContain(CHANGES));
  await page.click(page.button('Resume anyway'));
  await page.until(() => expect(page.find('section[aria-label=Waiting]').textContent).toContain(PAUSED.name));
  expect(wishes()).toEqual([{ id: PAUSED.id }, { id: PAUSED.id, inexact: true }]);
  expect(dialog()).toBeNull();
});

test.each([
  {
    code: 'resume_repeats',
    message:
      'No checkpoint of it can be used: it would begin at step 0, and steps 1 to 40 are trained again.',
    hint: 'Put a copy back.',
    outcome: 'Training those steps again takes its time once more.',
  },
  {
    code: 'resume_unchecked',
    message: 'Whether it is still the same run could not be checked.',
    hint: 'The attempt makes the same check.',
    outcome: 'The attempt makes the same check.',
  },
])('$code asks in words of its own, and promises nothing that is lost', async ({ outcome, ...error }) => {
  answer = ({ inexact: isKnown }) => {
    if (isKnown === true) return QUEUED;
    throw new AppError(error);
  };
  await page.click(page.button('Resume'));
  await page.until(() => expect(dialog()?.textContent).toContain(`${error.message}${outcome}`));
  expect(dialog()?.textContent).not.toContain('What it has learned is kept');
  await page.click(page.button('Resume anyway'));
  await page.until(() => expect(page.find('section[aria-label=Waiting]').textContent).toContain(PAUSED.name));
});

test('one that nobody confirms stays as it is', async () => {
  answer = inexact;
  await page.click(page.button('Resume'));
  await page.until(() => page.button('Do not resume'));
  await page.click(page.button('Do not resume'));
  await page.until(() => expect(dialog()).toBeNull());
  expect(wishes()).toEqual([{ id: PAUSED.id }]);
  expect(page.button('Resume')).toHaveProperty('disabled', false);
});

test('while the trainer is asked, its button is busy, and nothing is asked twice', async () => {
  let say: (job: TrainingJob) => void = () => undefined;
  answer = () =>
    new Promise((resolve) => {
      say = resolve;
    });
  act(() => void resumeJob(PAUSED));
  expect(page.button('Resume').getAttribute('aria-busy')).toBe('true');
  expect(page.button('Resume')).toHaveProperty('disabled', true);
  act(() => void resumeJob(PAUSED));
  await page.click(page.button('Resume'));
  say(QUEUED);
  await page.until(() => expect(page.find('section[aria-label=Waiting]').textContent).toContain(PAUSED.name));
  expect(wishes()).toEqual([{ id: PAUSED.id }]);
});

test('a refusal is said where it was asked, and asks nothing', async () => {
  answer = () => {
    throw new AppError({ code: 'resume_refused', message: 'Settings changed.', hint: 'Put them back.' });
  };
  await page.click(page.button('Resume'));
  await page.until(() => expect(page.text()).toContain('Settings changed. Put them back.'));
  expect(dialog()).toBeNull();
});
