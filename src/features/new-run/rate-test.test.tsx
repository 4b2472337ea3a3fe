import { act } from 'react';
import { afterEach, expect, test } from 'vitest';
import { fakeBaseModel, fakeDataset, fakeEstimate, fakeSettings } from '../../fake-rows';
import { AppError } from '../../lib/messages/app-error';
import type { LrRange } from '../../lib/types/lr-range';
import { mount } from '../../mount';
import { NewRunPage } from './new-run-page';

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

const POINTS = [
  { learning_rate: 1e-6, loss: 3.2, smoothed: 3.2 },
  { learning_rate: 2e-3, loss: 1.25, smoothed: 2.117 },
  { learning_rate: 1e-2, loss: 6, smoothed: 3.708 },
];
const FOUND: LrRange = { points: POINTS, suggestion: 2e-4, method: 'a tenth of the lowest', exploded: true };

/** The dialog, over answers that the test gives. */
const open = async () => {
  let settle: { done: (found: LrRange) => void; fail: (error: Error) => void } | null = null;
  page = await mount(<NewRunPage setting="learning_rate" />, {
    datasets: { list: () => [fakeDataset(1)], versions: () => [] },
    base_models: { list: () => [fakeBaseModel(2)] },
    models: { list: () => [] },
    jobs: {
      list: () => [],
      settings: ({ preset_id }) => fakeSettings(preset_id),
      estimate: () => fakeEstimate(),
      datasets: () => [],
      test_rate: () =>
        new Promise<LrRange>((done, fail) => {
          settle = { done, fail };
        }),
      stop_rate_test: () => undefined,
    },
  });
  await page.until(() => expect(page.button('Find…').hasAttribute('disabled')).toBe(false));
  await page.click(page.button('Find…'));
  await page.until(() => expect(page.text()).toContain('Trains 40 steps of this run'));
  await page.click(page.button('Start the test'));
  await page.until(() => expect(page.text()).toContain('Loading the base model and the data…'));
  const settled = async (how: (now: NonNullable<typeof settle>) => void) => {
    const now = settle;
    if (!now) throw new Error('Nobody has asked.');
    await act(async () => {
      how(now);
      await Promise.resolve();
    });
  };
  return {
    done: (found: LrRange) => settled((now) => now.done(found)),
    fail: (error: Error) => settled((now) => now.fail(error)),
  };
};

const measured = (nth: number) =>
  act(async () => {
    const point = POINTS[nth];
    if (point) page.fake.emit('jobs', 'rate_point', point);
    await Promise.resolve();
  });

const asked = (name: string) => page.fake.calls.filter((call) => call.name === name);

test('shows each point as it comes, then the suggestion, and takes it where it is wanted', async () => {
  const test = await open();
  expect(asked('jobs.test_rate').map(({ input }) => input)).toMatchObject([{ preset_id: 'balanced' }]);
  await measured(0);
  await measured(1);
  await page.until(() => expect(page.text()).toContain('Step 2 of 40: loss 1.250 at 2e-3'));
  expect(page.find('[role=progressbar]').getAttribute('aria-valuenow')).toBe('5');
  await test.done(FOUND);
  await page.until(() => expect(page.text()).toContain('Suggested: 2e-4, a tenth of the lowest.'));
  expect(page.text()).toContain('The loss exploded after the last point');
  expect(page.find('figcaption').textContent).toBe(
    'The smoothed training loss is lowest, 2.117, at a rate of 2e-3. A rate of 2e-4 is suggested.',
  );
  await page.click(page.button('Show as a table'));
  expect(page.find('[role=region] tbody').textContent).toContain('2e-31.2502.117');
  await page.click(page.button('Use this rate'));
  await page.until(() => expect(page.field('Learning rate').value).toBe('2e-4'));
});

test('stops, and says that nothing was kept', async () => {
  const test = await open();
  await measured(0);
  await page.click(page.button('Stop'));
  expect(asked('jobs.stop_rate_test')).toHaveLength(1);
  await test.fail(new AppError({ code: 'rate_test_stopped', message: 'Stopped.', hint: 'Again.' }));
  await page.until(() => expect(page.text()).toContain('Stopped after 1 step. Nothing was kept'));
  expect(page.button('Test again')).toBeTruthy();
});

test('ends with its dialog', async () => {
  await open();
  await page.click(page.button('Close'));
  await page.until(() => expect(asked('jobs.stop_rate_test')).toHaveLength(1));
});

test('says why it could not be made', async () => {
  const test = await open();
  const error = { code: 'trial_beside_run', message: 'A run is at work.', hint: 'Wait until it has ended.' };
  await test.fail(new AppError(error));
  await page.until(() => expect(page.find('[role=alert]').textContent).toContain('A run is at work. Wait'));
});

test('suggests nothing where the loss never fell', async () => {
  const test = await open();
  await test.done({ ...FOUND, suggestion: null, exploded: false });
  await page.until(() => expect(page.text()).toContain('No suggestion: the loss never fell.'));
  expect(page.text()).not.toContain('Use this rate');
});
