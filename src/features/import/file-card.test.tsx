import { expect, test } from 'vitest';
import { fakeDataset, fakeId } from '../../fake-rows';
import type { ImportPreview } from '../../lib/types/import-preview';
import type { Dataset } from '../../lib/types/lora-training';
import { mount } from '../../mount';
import type { ImportFile } from './import-file';
import { addFiles, blank, importFiles } from './import-store';
import { FileCard } from './parts/file-card';

const FILE = blank('/data/talk.jsonl');

const open = (file: Partial<ImportFile>, dataset: Dataset, preview?: ImportPreview) =>
  mount(<FileCard file={{ ...FILE, ...file }} />, {
    datasets: { list: () => [dataset], ...(preview && { preview: () => preview }) },
  });

test('while a file is imported it is cancelled, and taken from the list only afterwards', async () => {
  const running = await open({ datasetId: fakeId(1) }, fakeDataset(1, { status: 'validating' }));
  await running.until(() => running.button('Cancel'));
  expect(() => running.button('Remove')).toThrow();
  await running.unmount();
  const done = await open({ datasetId: fakeId(1) }, fakeDataset(1));
  await done.until(() => done.button('Open “Dataset 1”'));
  expect(done.button('Remove talk.jsonl from this list')).toBeDefined();
});

const ZIP: ImportPreview = {
  file_name: 'talk.jsonl',
  size_bytes: 25,
  link_target: null,
  archive: null,
  encoding: 'utf-8',
  container: null,
  report: {
    shape: null,
    format: null,
    kind: 'sft',
    reason: 'The file is a ZIP archive, which is not read.',
    records_total: 0,
    usable_records: 0,
    rejected_records: 0,
    skipped_null_target: 0,
    conversations: 0,
    duplicates_exact: 0,
    problems_total: 1,
    problems: [
      {
        line: 1,
        path: null,
        record_id: null,
        type: 'unreadable',
        severity: 'error',
        error: 'The file is a ZIP archive, which is not read.',
        suggestion: 'Unpack it and import the files inside.',
      },
    ],
  },
  is_whole: true,
  records: [],
  columns: [],
  rows: [],
  table: null,
  roles: {},
  role_names: [],
  signature: null,
  reading: {},
  is_remembered: false,
};

test('of a file that is not read it is said once, without a line and an encoding', async () => {
  const page = await open({ preview: ZIP }, fakeDataset(1), ZIP);
  await page.until(() => expect(page.text()).toContain('Unpack it and import the files inside.'));
  expect(page.text().match(/is a ZIP archive/gu)).toHaveLength(1);
  expect(page.text()).not.toMatch(/Line 1|utf-8|1 problem/u);
});

test('the words beside a switch move it, and its help goes once it is on', async () => {
  const problem = {
    ...{ line: 3, path: null, record_id: null, type: 'malformed_json' as const, severity: 'error' as const },
    ...{ error: 'A comma is missing.', suggestion: 'Correct this place, or import again with --salvage.' },
  };
  const { report, ...rest } = ZIP;
  const problems = [problem, { ...problem, type: 'salvageable' as const, suggestion: null }];
  const broken: ImportPreview = {
    ...rest,
    container: 'one JSON list',
    report: { ...report, problems_total: 2, problems },
  };
  const card = await open({}, fakeDataset(1), broken);
  const words = 'turn on “Take what can be read”';
  await card.until(() => expect(card.text()).toContain(words));
  const label = [...document.querySelectorAll('label')].find(
    ({ textContent }) => textContent === 'Take what can be read',
  );
  expect(label?.querySelector('[role=switch]')).not.toBeNull();
  expect(card.find('h2').title).toBe('talk.jsonl');
  await card.unmount();
  const told = await open({}, fakeDataset(1), { ...broken, reading: { salvage: true } });
  await told.until(() => expect(told.text()).toContain('A comma is missing.'));
  expect(told.text()).not.toContain(words);
});

const problemOf = (path: string | null) => ({
  ...{ line: 1, path, record_id: null, severity: 'error' as const, type: 'unknown_shape' as const },
  ...{ error: 'It is not clear.', suggestion: 'Say it with --map.' },
});

const COLUMNS = {
  columns: ['frage', 'antwort'],
  rows: [{ frage: 'Why?', antwort: 'So.' }],
  roles: { user: 'frage', assistant: 'antwort' },
};

const tableWith = (path: string | null): ImportPreview => ({
  ...ZIP,
  ...COLUMNS,
  container: 'a table',
  report: { ...ZIP.report, records_total: 1, problems: [problemOf(path)], mapping: COLUMNS },
});

test('a mapping that is only suggested is said to be, and taken as it stands by one press', async () => {
  importFiles.setState({ files: [] });
  addFiles([FILE.path]);
  const card = await open({}, fakeDataset(1), tableWith(null));
  await card.until(() => expect(card.text()).toContain('not in use yet'));
  await card.click(card.button('Use this mapping'));
  const mapping = { user: 'frage', assistant: 'antwort' };
  expect(importFiles.getState().files).toMatchObject([{ reading: { mapping } }]);
  expect(document.activeElement).toBe(card.find('table[aria-label=Columns]'));
  await card.unmount();
  const told = await open({}, fakeDataset(1), { ...tableWith(null), reading: { mapping } });
  await told.until(() => told.find('table'));
  expect(told.text()).not.toContain('not in use yet');
});

test('a mapping that is suggested where a label is unclear says what it would train', async () => {
  const card = await open({}, fakeDataset(1), tableWith('/label'));
  await card.until(() => expect(card.text()).toContain('all answers are trained, wanted or not'));
});
