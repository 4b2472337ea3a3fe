import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DatasetVersion, VersionDiff } from '../../lib/types/dataset-versions';
import type { CanonicalRecord, DatasetProblem } from '../../lib/types/dataset-records';
import type { Dataset } from '../../lib/types/lora-training';
import type { FakeHandlers } from '../../fake-api';
import { fakeDataset, fakeId, fakeJob, fakeVersion } from '../../fake-rows';
import { mount } from '../../mount';
import { DatasetPage } from './dataset-page';

type Mounted = Awaited<ReturnType<typeof mount>>;

let page: Mounted;
beforeEach(() => {
  // jsdom lays nothing out.
  Element.prototype.scrollIntoView = vi.fn();
});
afterEach(() => page.unmount());

const record = (id: string, source_line: number, content = 'a'): CanonicalRecord => ({
  id,
  source_line,
  messages: [
    { role: 'user', content: `Question ${id}`, trained: false },
    { role: 'assistant', content, trained: true },
  ],
});

const version = (number: number, rest: Partial<DatasetVersion> = {}): DatasetVersion =>
  fakeVersion(number, { is_current: number === 2, ...rest });

const DIFF: VersionDiff = {
  from: 1,
  to: 2,
  added: 0,
  removed: 1,
  changed: 1,
  unchanged: 658,
  records: [
    { record_id: 'b', source_line: 2, change: 'removed', before: record('b', 2), after: null },
    {
      record_id: 'c',
      source_line: 3,
      change: 'changed',
      before: record('c', 3, 'a '),
      after: record('c', 3),
    },
  ],
};

const WARNING: DatasetProblem = {
  line: 2,
  path: '/messages/0/content',
  record_id: 'b',
  type: 'unsupported_content',
  severity: 'warning',
  error: 'A mark of a template stands in it.',
  suggestion: 'Look at it.',
};

const odd = (rest: Partial<Dataset> = {}): Dataset => {
  const dataset = fakeDataset(1, rest);
  return {
    ...dataset,
    report: dataset.report && { ...dataset.report, problems_total: 1, problems: [WARNING] },
  };
};

const handlers = (): FakeHandlers => {
  let versions = [version(2, { excluded: 1, fixes: ['trim'], runs: [fakeId(9)] }), version(1)];
  return {
    jobs: { list: () => [fakeJob(9, { name: 'Evening run' })] },
    datasets: {
      list: () => [odd()],
      versions: () => versions,
      diff: () => DIFF,
      problems: () => ({ total: 1, problems: [WARNING] }),
      raw_part: () => ({
        text: '{"messages": [{"content": "<|im_start|>"}]}',
        spot: { start: 26, end: 40 },
        is_cut_before: true,
        is_cut_after: false,
      }),
      records: () => ({
        total: 2,
        records: [1, 2].map((n) => ({ index: n - 1, record: record(`r${n}`, n) })),
      }),
      record_ids: () => ({ ids: ['b', 'c', 'd'], indexes: [1, 2, 3], truncated: false }),
      edit: () => {
        versions = [
          version(3, { is_current: true, excluded: 4 }),
          ...versions.map((one) => ({ ...one, is_current: false })),
        ];
        return odd({ revision: 2 });
      },
      use_version: ({ number }) => {
        versions = versions.map((one) => ({ ...one, is_current: one.number === number }));
        return odd({ revision: 3 });
      },
    },
  };
};

const open = async (tab: string) => {
  page = await mount(<DatasetPage id={fakeId(1)} />, handlers());
  await page.until(() => page.button(tab));
  await page.click(page.button(tab));
};
const called = (name: string) =>
  page.fake.calls.filter((call) => call.name === name).map(({ input }) => input);

test('the versions say what was done, who used them, and what differs', async () => {
  await open('Versions');
  await page.until(() => expect(page.text()).toContain('1 record excluded, white space trimmed'));
  expect(page.text()).toContain('Evening run');
  await page.until(() => expect(page.text()).toContain('1 changed, 1 removed, 0 added, 658 as they were'));
  await page.click(page.button('Use version 1'));
  await page.until(() => expect(called('datasets.use_version')).toEqual([{ id: fakeId(1), number: 1 }]));
  await page.until(() => page.button('Use version 2'));
});

test('a newer file is shown record by record before a version is made of it', async () => {
  const chosen = ['/data/corrected ü.jsonl'];
  page = await mount(<DatasetPage id={fakeId(1)} />, {
    ...handlers(),
    datasets: {
      ...handlers().datasets,
      preview_edit: () => ({
        ...{ ...DIFF, from: 2, to: null, file_sha256: 'e'.repeat(64) },
        exclusions: { kept: 38, changed: 1, gone: 0, records: [{ record_id: 'r7', source_line: 7 }] },
      }),
    },
    desktop: { choose_files: () => chosen },
  });
  await page.until(() => page.button('New version…'));
  await page.click(page.button('New version…'));
  await page.until(() => expect(page.text()).toContain('corrected ü.jsonl takes the place of the original'));
  await page.until(() => expect(page.text()).toContain('1 changed, 1 removed, 0 added, 658 as they were'));
  expect(page.text()).toContain('38 excluded records say the same and stay out.');
  expect(page.text()).toContain('1 excluded record has changed and comes in again: r7 (line 7).');
  expect(called('datasets.edit')).toEqual([]);
  await page.until(() => expect(page.button('Make version 3').hasAttribute('disabled')).toBe(false));
  await page.click(page.button('Make version 3'));
  const file = { path: chosen[0], sha256: 'e'.repeat(64) };
  const edit = { exclude: [], include: [], fixes: [], file, version: 2 };
  await page.until(() => expect(called('datasets.edit')).toEqual([{ id: fakeId(1), edit }]));
  await page.until(() => expect(page.text()).toContain('read from corrected ü.jsonl'));
});

test('all with a problem are left out, and the version before is used again', async () => {
  await open('Problems');
  await page.until(() => expect(page.text()).toContain('A mark of a template'));
  await page.click(page.button('Exclude these records'));
  await page.until(() => expect(page.text()).toContain('657 of 660 records remain'));
  expect(page.text()).toContain('A new version comes of it, version 3; version 2 stays as it is');
  await page.click(page.button('Exclude 3 records'));
  await page.until(() => expect(page.text()).toContain('Version 3 is in use: 3 records excluded.'));
  expect(called('datasets.edit')).toEqual([
    { id: fakeId(1), edit: { exclude: ['b', 'c', 'd'], include: [], fixes: [], version: 2 } },
  ]);
  await page.click(page.button('Use the version before'));
  await page.until(() => expect(called('datasets.use_version')).toEqual([{ id: fakeId(1), number: 2 }]));
  await page.until(() => expect(page.text()).not.toContain('Version 3 is in use:'));
});

test('a line is shown with its bad spot marked', async () => {
  await open('Problems');
  await page.until(() => page.button('Show line'));
  await page.click(page.button('Show line'));
  await page.until(() => expect(page.find('mark').textContent).toBe('"<|im_start|>"'));
  expect(page.find('pre').textContent).toBe('…{"messages": [{"content": "<|im_start|>"}]}');
});

test('records are marked and left out by keys', async () => {
  await open('Records');
  await page.until(() => page.find('[role=listbox]'));
  const press = (key: string) => page.press(page.find('[role=listbox]'), key);
  await press(' ');
  await press('ArrowDown');
  await press(' ');
  expect(page.text()).toContain('Exclude 2 marked…');
  await press('x');
  await page.until(() => expect(page.text()).toContain('658 of 660 records remain'));
  await page.click(page.button('Exclude 2 records'));
  await page.until(() => expect(called('datasets.edit')).toHaveLength(1));
});

test('the first and the last of all records are one key away, whatever page they are on', async () => {
  const { datasets, ...rest } = handlers();
  page = await mount(<DatasetPage id={fakeId(1)} />, {
    ...rest,
    datasets: {
      ...datasets,
      records: ({ offset, limit }) => ({
        total: 250,
        records: Array.from({ length: Math.min(limit, 250 - offset) }, (_, at) => ({
          index: offset + at,
          record: record(`r${offset + at + 1}`, offset + at + 1),
        })),
      }),
    },
  });
  await page.until(() => page.button('Records'));
  await page.click(page.button('Records'));
  const chosen = () => page.find('[role=option][aria-selected=true]').id;
  for (const [key, id] of [
    ['End', 'record-249'],
    ['Home', 'record-0'],
  ] as const) {
    await page.until(() => page.find('[role=listbox]'));
    await page.press(page.find('[role=listbox]'), key);
    await page.until(() => expect(chosen()).toBe(id));
  }
});

test('all changes of two versions can be paged through, those of one kind too', async () => {
  const changes = Array.from({ length: 450 }, (_, index) => ({
    record_id: `r${index}`,
    source_line: index + 1,
    change: index % 2 === 0 ? ('removed' as const) : ('added' as const),
    before: index % 2 === 0 ? record(`r${index}`, index + 1) : null,
    after: index % 2 === 0 ? null : record(`r${index}`, index + 1),
  }));
  const { datasets, ...rest } = handlers();
  page = await mount(<DatasetPage id={fakeId(1)} />, {
    ...rest,
    datasets: {
      ...datasets,
      diff: ({ from, to, offset, limit, change: kind }) => {
        const fitting = changes.filter(({ change }) => kind === null || change === kind);
        return {
          ...{ from, to, added: 225, removed: 225, changed: 0, unchanged: 0 },
          records: fitting.slice(offset, offset + limit),
        };
      },
    },
  });
  await page.until(() => page.button('Versions'));
  await page.click(page.button('Versions'));
  await page.until(() => expect(page.text()).toContain('1 to 10 of 450 records'));
  for (let turned = 0; turned < 20; turned += 1) await page.click(page.button('Next page'));
  await page.until(() => expect(page.text()).toContain('201 to 210 of 450 records'));
  await page.until(() => expect(page.text()).toContain('line 201'));
  expect(called('datasets.diff').at(-1)).toMatchObject({ offset: 200, limit: 200, change: null });
  await page.click(page.button('Added'));
  await page.until(() => expect(page.text()).toContain('1 to 10 of 225 records'));
  await page.until(() => expect(page.text()).toContain('line 20added'));
});

test('a search finds what was excluded too, says so, and includes it again', async () => {
  const { datasets, ...rest } = handlers();
  const dataset = fakeDataset(1);
  const report = dataset.report && { ...dataset.report, excluded_records: 2 };
  page = await mount(<DatasetPage id={fakeId(1)} />, {
    ...rest,
    datasets: {
      ...datasets,
      list: () => [{ ...dataset, report }],
      records: () => ({ total: 0, records: [] }),
      excluded: ({ query }) => ({
        total: query === 'lamp' ? 1 : 2,
        records: [record('away', 7), ...(query === 'lamp' ? [] : [record('gone', 8)])],
      }),
      record_ids: () => ({ ids: ['away'], indexes: [], truncated: false }),
    },
  });
  await page.until(() => page.button('Records'));
  await page.click(page.button('Records'));
  await page.until(() => page.field('Line or words'));
  await page.type(page.field('Line or words'), 'lamp');
  await page.until(() => expect(page.text()).toContain('1 excluded record holds it too.'));
  await page.click(page.button('Show excluded'));
  await page.until(() => expect(document.querySelectorAll('[role=option]')).toHaveLength(1));
  expect(page.find('[role=option]').textContent).toContain('excluded');
  expect(page.find('[aria-label=Turns]').textContent).toContain('not used');
  expect(page.find('[aria-label=Turns]').textContent).not.toContain('trained');
  expect(page.field('Line or words').value).toBe('lamp');
  await page.click(page.button('Include all 1 found'));
  await page.until(() => expect(page.text()).toContain('Include 1 record again?'));
  expect(called('datasets.record_ids')).toEqual([
    { id: fakeId(1), query: 'lamp', problem: null, side: 'excluded' },
  ]);
});
