import { afterEach, expect, test } from 'vitest';
import type { FakeHandlers } from '../../fake-api';
import { fakeDataset, fakeId } from '../../fake-rows';
import type { DatasetProblem, DatasetReport } from '../../lib/types/dataset-records';
import type { Dataset } from '../../lib/types/lora-training';
import { mount } from '../../mount';
import { DatasetPage } from './dataset-page';

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

const UNKNOWN: DatasetProblem = {
  line: 1,
  path: null,
  record_id: null,
  type: 'unknown_shape',
  severity: 'error',
  error: 'Nothing of it is known.',
  suggestion: 'Say which column is what.',
};

const datasetWith = (report: Partial<DatasetReport>, rest: Partial<Dataset> = {}): Dataset => {
  const dataset = fakeDataset(1, rest);
  return { ...dataset, report: dataset.report && { ...dataset.report, ...report } };
};

const open = async (dataset: Dataset, handlers: FakeHandlers['datasets'] = {}) => {
  page = await mount(<DatasetPage id={fakeId(1)} />, {
    desktop: { save_problems: () => null },
    datasets: { list: () => [dataset], versions: () => [], ...handlers },
  });
};

test('a file of which nothing is known leads to its mapping, with the kept original', async () => {
  const nothing = { usable_records: 0, problems_total: 1, problems: [UNKNOWN] };
  await open(datasetWith(nothing, { status: 'error', training_ready: false, file_name: 'talk.csv' }), {
    source: () => ({ path: '/data/versions/abc/source', file_name: 'talk.csv' }),
  });
  await page.until(() => page.button('Change the mapping'));
  await page.click(page.button('Change the mapping'));
  await page.until(() => expect(page.visited.at(-1)).toBe('/import'));
  expect(page.fake.calls).toContainEqual({ name: 'datasets.source', input: { id: fakeId(1) } });
});

test('a dataset with advice is called usable, one that is blocked is not called ready', async () => {
  await open(datasetWith({ duplicates_exact: 2 }));
  await page.until(() => expect(page.text()).toMatch(/Usable, with \d+ things? to look at/u));
  await page.unmount();
  const nothing = { usable_records: 0, problems_total: 1, problems: [UNKNOWN] };
  await open(datasetWith(nothing, { status: 'error', training_ready: false }));
  await page.until(() => expect(page.text()).toContain('Not ready for a run'));
});

test('repeated records are excluded from where they are said to be', async () => {
  await open(datasetWith({ duplicates_exact: 2 }), {
    repeated_ids: () => ({ ids: ['b', 'c'], indexes: [1, 2], truncated: false }),
  });
  await page.until(() => page.button('Exclude the repeats…'));
  const row = page.button('Exclude the repeats…').closest('li');
  expect([...(row?.querySelectorAll('button') ?? [])].map(({ textContent }) => textContent)).toEqual([
    'See the duplicates',
    'Exclude the repeats…',
  ]);
  await page.click(page.button('Exclude the repeats…'));
  await page.until(() => expect(page.text()).toContain('Exclude 2 records?'));
  expect(page.text()).toContain('All that repeat an earlier record word for word.');
});

test('records with a warning are excluded from there too', async () => {
  const problem: DatasetProblem = { ...UNKNOWN, type: 'duplicate_id', severity: 'warning', record_id: 'b' };
  await open(datasetWith({ problems_total: 1, problems: [problem] }), {
    record_ids: () => ({ ids: ['b'], indexes: [1], truncated: false }),
  });
  await page.until(() => page.button('Exclude these…'));
  await page.click(page.button('Exclude these…'));
  await page.until(() => expect(page.text()).toContain('All with a problem among the warnings.'));
});

test('records with a null answer are counted only where there are some', async () => {
  await open(datasetWith({}));
  await page.until(() => expect(page.text()).toContain('Exact duplicates'));
  expect(page.text()).not.toContain('null answer');
  await page.unmount();
  await open(datasetWith({ skipped_null_target: 3 }));
  await page.until(() => expect(page.text()).toContain('Left out by a null answer3'));
});

test('the tab of problems counts what the badge counts, and names the notes beside', async () => {
  const note: DatasetProblem = { ...UNKNOWN, type: 'older_version', severity: 'info' };
  const problems = { problems_total: 2, problems: [UNKNOWN, note] };
  await open(datasetWith(problems), { problems: () => ({ total: 2, problems: [UNKNOWN, note] }) });
  await page.until(() => page.button('Problems'));
  expect(page.button('Problems').textContent).toBe('Problems1');
  expect(page.text()).toContain('1 problem');
  expect(page.text()).toMatch(/Problems: 1 [^,]+\. Notes: 1 /u);
  await page.click(page.button('Problems'));
  await page.until(() => expect(page.text()).toContain('1 problem and 1 note'));
});

// Last: a dataset opens at the tab where it was left.
test('where all records with a problem are left out already, there is none to exclude', async () => {
  await open(datasetWith({ problems_total: 1, problems: [UNKNOWN] }), {
    problems: () => ({ total: 1, problems: [UNKNOWN] }),
    record_ids: () => ({ ids: [], indexes: [], truncated: false }),
  });
  await page.until(() => page.button('Problems'));
  await page.click(page.button('Problems'));
  await page.until(() => expect(page.button('Exclude these records').hasAttribute('disabled')).toBe(true));
  expect(page.button('Exclude these records').title).toContain('left out already');
});

test('the list of problems is saved as it is shown', async () => {
  await open(datasetWith({ problems_total: 1, problems: [UNKNOWN] }), {
    problems: () => ({ total: 1, problems: [UNKNOWN] }),
  });
  await page.until(() => page.button('Save the list…'));
  await page.click(page.button('Errors'));
  await page.click(page.button('Save the list…'));
  const input = { id: fakeId(1), type: null, severity: 'error', query: '' };
  expect(page.fake.calls).toContainEqual({ name: 'desktop.save_problems', input });
});
