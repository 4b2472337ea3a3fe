import { afterEach, expect, test } from 'vitest';
import {
  fakeBaseModel,
  fakeDataset,
  fakeEstimate,
  fakeId,
  fakeJob,
  fakeModel,
  fakeSettings,
  fakeVersion,
} from '../../fake-rows';
import type { RunRequest } from '../../lib/contract/contract';
import type { DatasetVersion } from '../../lib/types/dataset-versions';
import type { Estimate } from '../../lib/types/estimate';
import type { Dataset, TrainingJob } from '../../lib/types/lora-training';
import type { ModelArtifact } from '../../lib/types/model-artifact';
import type { KeptRunDataset } from '../../lib/types/run-mixture';
import { mount } from '../../mount';
import { NewRunPage } from './new-run-page';
import type { Origin } from './use-sources';

type Mounted = Awaited<ReturnType<typeof mount>>;

let page: Mounted;
afterEach(() => page.unmount());

const open = async (
  origin: Origin,
  {
    data = [fakeDataset(1)],
    runs = [],
    kept = [],
    versions = [],
    results = [],
    estimate = () => fakeEstimate(),
  }: {
    data?: Dataset[];
    runs?: TrainingJob[];
    kept?: KeptRunDataset[];
    versions?: DatasetVersion[];
    results?: ModelArtifact[];
    estimate?: (request: RunRequest) => Estimate;
  } = {},
) => {
  page = await mount(<NewRunPage {...origin} />, {
    datasets: { list: () => data, versions: () => versions },
    base_models: { list: () => [fakeBaseModel(2)] },
    models: { list: () => results },
    jobs: {
      list: () => runs,
      settings: ({ preset_id }) => fakeSettings(preset_id),
      estimate,
      datasets: () => kept,
    },
  });
};

const start = () => page.button('Start run');
const isDisabled = (element: HTMLElement) => element.hasAttribute('disabled');
const card = (title: string) => page.find(`[data-recipe="${title}"]`).textContent;

test('takes the newest dataset where none was asked for', async () => {
  await open({});
  await page.until(() => expect(isDisabled(start())).toBe(false));
});

test('names the version of the data that it would take', async () => {
  await open({}, { versions: [fakeVersion(3), fakeVersion(2, { is_current: true })] });
  await page.until(() => expect(page.text()).toContain(', version 2'));
});

test('suggests a name that no other run has', async () => {
  const name = `${fakeDataset(1).name}, balanced`;
  await open({}, { runs: [fakeJob(5, { name }), fakeJob(6, { name: `${name} (2)` })] });
  await page.until(() => expect(page.field('Name').value).toBe(`${name} (3)`));
});

test('takes no other data where the dataset asked for is gone', async () => {
  await open({ datasetId: fakeId(9) });
  await page.until(() => expect(page.text()).toContain('The dataset of this run is gone; choose another.'));
  expect(page.text()).not.toContain('Filled from');
  expect(isDisabled(start())).toBe(true);
  expect(page.find('header').textContent).toContain('The dataset of this run is gone');
});

test('takes no other base model where that of the run to repeat is gone', async () => {
  await open({ jobId: fakeId(5) }, { runs: [fakeJob(5, { base_model_id: fakeId(8) })] });
  await page.until(() =>
    expect(page.text()).toContain('The base model of this run is gone; choose another.'),
  );
  expect(isDisabled(start())).toBe(true);
});

test('says so where the run to repeat is gone', async () => {
  await open({ jobId: fakeId(5) });
  await page.until(() => expect(page.text()).toContain('The run to repeat is gone; choose a dataset.'));
  expect(isDisabled(start())).toBe(true);
});

test('a change makes a recipe one’s own and leaves the others as they are', async () => {
  await open({});
  await page.click(page.button('Advanced'));
  await page.until(() => expect(page.field('Rank').value).toBe('16'));
  await page.type(page.field('Rank'), '64');
  await page.until(() => expect(card('custom')).toContain('rank 64'));
  expect(page.find('[role=radio][aria-checked=true]').closest('[data-recipe]')).toBe(
    page.find('[data-recipe="custom"]'),
  );
  expect([card('conservative'), card('balanced'), card('aggressive')].join()).not.toContain('rank 64');
  await page.until(() => {
    const asked = page.fake.calls.filter(({ name }) => name === 'jobs.estimate').map(({ input }) => input);
    expect(asked).toContainEqual(
      expect.objectContaining({ preset_id: 'custom', changes: { lora_rank: 64 } }),
    );
    expect(asked).not.toContainEqual(
      expect.objectContaining({ preset_id: 'balanced', changes: { lora_rank: 64 } }),
    );
  });
});

test('says when it would start behind the jobs that are there', async () => {
  const running = fakeJob(6, {
    status: 'running',
    current_stage: 'training',
    current_step: 5,
    completed_at: null,
    current_metrics: { training_loss: 2, learning_rate: 1e-4, step_ms: 1000, pace_ms: 1000 },
    estimated_completion_at: new Date(Date.now() + 5000).toISOString(),
  });
  await open({}, { runs: [running] });
  await page.until(() => expect(page.text()).toMatch(/Starts ≈ .*\d\d:\d\d1 running, 0 waiting/));
});

test('names each setting that was changed, as many as it counts', async () => {
  await open({});
  await page.click(page.button('Advanced'));
  await page.until(() => expect(page.field('Rank').value).toBe('16'));
  for (const label of ['Rank', 'Batch size', 'Epochs', 'Max length', 'Alpha'])
    await page.type(page.field(label), '17');
  await page.until(() => expect(page.button('Advanced').textContent).toContain('5 changed'));
  expect(page.button('Advanced').textContent.match(/, was/g)).toHaveLength(5);
});

test('says beside Start and above the fields what is not valid', async () => {
  await open({});
  await page.click(page.button('Advanced'));
  await page.until(() => expect(page.field('Epochs').value).toBe('5'));
  await page.type(page.field('Epochs'), '40');
  await page.until(() => expect(page.button('Advanced').textContent).toContain('1 not valid: Epochs'));
  expect(isDisabled(start())).toBe(true);
  expect(page.find('header').textContent).toContain('1 not valid: Epochs');
  expect(page.text()).toContain('Give a value in the range 1 to 20.');
  expect(page.text()).not.toContain('How often each record is seen.');
  const stale = () => [...document.querySelectorAll<HTMLElement>('[data-stale=true]')];
  await page.until(() => expect(stale().map(({ dataset }) => dataset['recipe'])).toEqual(['custom']));
  await page.type(page.field('Epochs'), '4');
  await page.until(() => expect(stale()).toEqual([]));
});

test('a mixture is repeated with its weights, which can be changed and taken out', async () => {
  const data = [fakeDataset(1, { name: 'First' }), fakeDataset(3, { name: 'Second' })];
  const kept = data.map(({ id, name }, index) => ({
    dataset_id: id,
    dataset_version_id: fakeId(7),
    version_number: 1,
    name,
    sha256: 'a'.repeat(64),
    format: 'chat',
    weight: index + 1,
  }));
  const runs = [fakeJob(5, { dataset_id: fakeId(1), base_model_id: fakeId(2) })];
  await open({ jobId: fakeId(5) }, { data, runs, kept });
  await page.until(() => expect(page.field('Weight of Second').value).toBe('2'));
  await page.type(page.field('Weight of Second'), '0');
  await page.until(() =>
    expect(page.find('header').textContent).toContain('The weight of a dataset is not valid'),
  );
  await page.type(page.field('Weight of Second'), '0.5');
  await page.until(() =>
    expect(page.fake.calls.filter(({ name }) => name === 'jobs.estimate').at(-1)?.input).toMatchObject({
      dataset_id: fakeId(1),
      weight: 1,
      more_datasets: [{ dataset_id: fakeId(3), weight: 0.5 }],
    }),
  );
  await page.click(page.button('Take Second out of this run'));
  await page.until(() => page.find('[aria-label="Mix in another dataset"]'));
});

test('a part that is gone blocks the run to repeat until it is taken out', async () => {
  const kept = ['First', 'Second'].map((name, index) => ({
    dataset_id: fakeId(index === 0 ? 1 : 3),
    dataset_version_id: fakeId(7),
    version_number: 1,
    name,
    sha256: 'a'.repeat(64),
    format: 'chat',
    weight: 1,
  }));
  const runs = [fakeJob(5, { dataset_id: fakeId(1), base_model_id: fakeId(2) })];
  await open({ jobId: fakeId(5) }, { runs, kept });
  await page.until(() =>
    expect(page.find('header').textContent).toContain('“Second” cannot be mixed in: gone or not ready'),
  );
  expect(isDisabled(start())).toBe(true);
  await page.click(page.button('Take Second out of this run'));
  await page.until(() => expect(isDisabled(start())).toBe(false));
});

/** No recipe has this rank of its own, whichever card shows the button first. */
const TOO_BIG = fakeEstimate({
  fits: 'does_not_fit',
  memory_bytes: { low: 20e9, expected: 21e9, high: 22e9 },
  remedies: [{ label: 'Set rank to 4', changes: { lora_rank: 4 } }],
});

test('a run that does not fit is not started; the button that makes it fit lets it start', async () => {
  const estimate = ({ changes }: RunRequest) => (changes.lora_rank === 4 ? fakeEstimate() : TOO_BIG);
  await open({}, { estimate });
  await page.until(() =>
    expect(page.find('header').textContent).toMatch(/needs ≈ 19.6 GB of memory, and 11.2 GB are free/u),
  );
  expect(isDisabled(start())).toBe(true);
  await page.click(page.button('Set rank to 4'));
  await page.until(() => expect(isDisabled(start())).toBe(false));
  expect(card('custom')).toContain('rank 4');
});

test('where nothing makes a run fit, the card says what is left to do, and none starts at once', async () => {
  await open({}, { estimate: () => ({ ...TOO_BIG, remedies: [] }) });
  await page.until(() => expect(card('balanced')).toContain('Does not fit'));
  expect(card('balanced')).toContain('Choose a smaller base model, or close what holds the memory.');
  expect(card('balanced')).not.toContain('similar run');
  const review = page.find('[aria-label="Review"]').textContent;
  expect(review).toContain('Cannot start');
  expect(review).not.toContain('Starts at once');
});

test('a run that is known to stop at a record is not started, and what helps stands beside its data', async () => {
  const words = 'A run at max length 512 stops at 1 record. Raise the max length to 600, or exclude it.';
  const refused = [{ dataset: 'Another', records: 1, words }];
  await open({}, { estimate: () => fakeEstimate({ refused, cut: { longest: 600, limit: 512 } }) });
  await page.until(() =>
    expect(page.find('header').textContent).toContain('The run would stop at 1 record that it cannot train'),
  );
  expect(isDisabled(start())).toBe(true);
  expect(page.text()).toContain(words);
  expect(page.text()).not.toContain('what is longer than 512 is cut');
  expect(page.find('[aria-label="Review"]').textContent).toContain(
    'It would stop at records that it cannot train',
  );
});

test('a run that the disk has no room for is not started either', async () => {
  await open({}, { estimate: () => fakeEstimate({ disk_free_bytes: 1e9 }) });
  await page.until(() =>
    expect(page.find('header').textContent).toContain('writes ≈ 2.0 GB, and 1.0 GB of the disk are free'),
  );
  expect(isDisabled(start())).toBe(true);
  expect(card('balanced')).toContain('Does not fit');
});

test('each recipe says what similar runs came to', async () => {
  await open({}, { runs: [fakeJob(6, { name: 'Long' })], results: [fakeModel(6)] });
  await page.until(() => expect(isDisabled(start())).toBe(false));
  await page.until(() =>
    expect(card('balanced')).toMatch(/1 similar run: held-out loss −\s69.2\s%, on “Dataset 1”\./u),
  );
  expect(page.find('[data-recipe="balanced"] p[title]').title).toContain('“Long” on “Dataset 1”');
  expect(card('conservative')).toContain('No similar run yet.');
  expect(card('aggressive')).toContain('No similar run yet.');
});

test('says in a sentence of its own that nothing is held out', async () => {
  await open({}, { estimate: () => fakeEstimate({ held_out_records: 0 }) });
  await page.until(() =>
    expect(page.text()).toContain('. Nothing is held out, so there will be no verdict. The last 3'),
  );
});
