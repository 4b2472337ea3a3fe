import { afterEach, expect, test } from 'vitest';
import { fakeBaseModel, fakeDataset, fakeEstimate, fakeId, fakeJob, fakeSettings } from '../../fake-rows';
import type { MixtureLeaks } from '../../lib/types/mixture-leaks';
import { mount } from '../../mount';
import { NewRunPage } from './new-run-page';

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

const FOUND: MixtureLeaks = {
  ...{ held_out: 12, records: 6, unchecked: 0 },
  first: { held_out: { dataset: 'Second', line: 4 }, train: { dataset: 'First', line: 3 } },
};

const open = async (leaks: () => MixtureLeaks) => {
  const data = [fakeDataset(1, { name: 'First' }), fakeDataset(3, { name: 'Second' })];
  const kept = data.map(({ id, name }) => ({
    ...{ dataset_id: id, dataset_version_id: fakeId(7), version_number: 1, name },
    ...{ sha256: 'a'.repeat(64), format: 'chat', weight: 1 },
  }));
  page = await mount(<NewRunPage jobId={fakeId(5)} />, {
    datasets: { list: () => data, versions: () => [], mixture_leaks: leaks },
    base_models: { list: () => [fakeBaseModel(2)] },
    models: { list: () => [] },
    jobs: {
      list: () => [fakeJob(5, { dataset_id: fakeId(1), base_model_id: fakeId(2) })],
      settings: ({ preset_id }) => fakeSettings(preset_id),
      estimate: () => fakeEstimate(),
      datasets: () => kept,
    },
  });
};

const asked = () => page.fake.calls.filter(({ name }) => name === 'datasets.mixture_leaks');

test('a mixture shows which held-out records are nearly trained on', async () => {
  await open(() => FOUND);
  await page.until(() =>
    expect(page.text()).toContain(
      '6 of 12 held-out records are nearly like one of the training part. The first: line 4 of “Second”, like line 3 of “First”.',
    ),
  );
  expect(asked().map(({ input }) => input)).toMatchObject([{ ids: [fakeId(1), fakeId(3)], share: 0.1 }]);
});

test('a weight asks nothing anew, and one dataset alone is not looked through here', async () => {
  await open(() => FOUND);
  await page.until(() => expect(page.text()).toContain('6 of 12'));
  await page.type(page.field('Weight of Second'), '0.5');
  await page.until(() => expect(page.field('Weight of Second').value).toBe('0.5'));
  expect(asked()).toHaveLength(1);
  await page.click(page.button('Take Second out of this run'));
  await page.until(() => expect(page.text()).not.toContain('6 of 12'));
  expect(asked()).toHaveLength(1);
});

test('a look that fails says so and does not stop the run', async () => {
  await open(() => {
    throw new Error('no helper');
  });
  await page.until(() => expect(page.text()).toContain('Near repeats were not looked for.'));
});
