import { act } from 'react';
import { afterEach, expect, test } from 'vitest';
import { fakeBaseModel, fakeDataset, fakeEstimate, fakeSettings } from '../../fake-rows';
import { AppError } from '../../lib/messages/app-error';
import { mount } from '../../mount';
import { NewRunPage } from './new-run-page';

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

const open = async (probe: () => void | Promise<void>) => {
  let probed = false;
  page = await mount(<NewRunPage />, {
    datasets: { list: () => [fakeDataset(1)], versions: () => [] },
    base_models: { list: () => [fakeBaseModel(2)] },
    models: { list: () => [] },
    jobs: {
      list: () => [],
      settings: ({ preset_id }) => fakeSettings(preset_id),
      estimate: () => ({
        ...fakeEstimate(),
        ...(probed && { memory_bytes: { low: 3 * 1024 ** 3, expected: 3 * 1024 ** 3, high: 3 * 1024 ** 3 } }),
      }),
      datasets: () => [],
      probe_memory: async () => {
        probed = true;
        await probe();
      },
      stop_memory_probe: () => undefined,
    },
  });
  await page.until(() => expect(page.button('Measure memory').hasAttribute('disabled')).toBe(false));
  await page.click(page.button('Measure memory'));
};

test('measures the recipe that is chosen, and asks every estimate anew', async () => {
  await open(() => undefined);
  const asked = page.fake.calls.filter(({ name }) => name === 'jobs.probe_memory');
  expect(asked.map(({ input }) => input)).toMatchObject([{ preset_id: 'balanced', changes: {} }]);
  await page.until(() => {
    for (const recipe of ['conservative', 'balanced', 'aggressive', 'custom'])
      expect(page.find(`[data-recipe="${recipe}"]`).textContent).toContain('≈ 3.0 GB');
  });
});

test('says why it could not be measured', async () => {
  await open(() => {
    throw new AppError({ code: 'trial_beside_run', message: 'A run is at work.', hint: 'Wait for it.' });
  });
  await page.until(() =>
    expect(page.find('[role=alert]').textContent).toContain('A run is at work. Wait for it.'),
  );
});

test('can be stopped, which is no failure, and the keyboard stays where it was', async () => {
  let fail: (error: Error) => void = () => undefined;
  await open(
    () =>
      new Promise((_done, reject) => {
        fail = reject;
      }),
  );
  await page.until(() => expect(page.text()).toContain('Training two steps…'));
  page.button('Stop measuring').focus();
  await page.click(page.button('Stop measuring'));
  const asked = () => page.fake.calls.filter(({ name }) => name === 'jobs.stop_memory_probe');
  await page.until(() => expect(asked()).toHaveLength(1));
  const stopped = { code: 'memory_probe_stopped', message: 'The measurement was stopped.', hint: '' };
  await act(async () => {
    fail(new AppError(stopped));
    await Promise.resolve();
  });
  await page.until(() => expect(document.activeElement?.textContent).toBe('Measure memory'));
  expect(document.querySelector('[role=alert]')).toBeNull();
});
