import { afterEach, expect, test } from 'vitest';
import { fakeDataset, fakeId } from '../../fake-rows';
import { AppError } from '../../lib/messages/app-error';
import type { Reading } from '../../lib/types/dataset-reading';
import type { ImportPreview } from '../../lib/types/import-preview';
import { mount } from '../../mount';
import { DatasetPage } from './dataset-page';

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

const MAPPING = { user: 'frage', assistant: 'antwort' };

const COLUMNS = {
  columns: ['frage', 'antwort'],
  rows: [{ frage: 'Why?', antwort: 'So.' }],
  roles: MAPPING,
};

const previewOf = (reading: Reading): ImportPreview => ({
  ...{ file_name: 'odd.csv', size_bytes: 25, link_target: null, archive: null, encoding: 'utf-8' },
  ...{ container: 'a table', is_whole: true, records: [], table: null, role_names: [], ...COLUMNS },
  ...{ signature: null, reading, is_remembered: false },
  report: {
    ...{ shape: 'J', format: reading.mapping ? 'table' : null, kind: 'sft', reason: 'A table.' },
    ...{ records_total: 1, usable_records: reading.mapping ? 1 : 0, rejected_records: 0 },
    ...{ skipped_null_target: 0, conversations: 0, duplicates_exact: 0, problems_total: 0, problems: [] },
    mapping: COLUMNS,
  },
});

const DIFF = {
  ...{ from: 1, to: null, added: 0, removed: 0, changed: 1, unchanged: 5, records: [] },
  file_sha256: 'e'.repeat(64),
};

const unreadable = () =>
  new AppError({
    code: 'no_usable_records',
    message: 'The records have no known shape.',
    hint: 'Say which column is what, as in: --map user=frage --map assistant=antwort.',
  });

test('a newer table that needs a mapping is given one where its version is made', async () => {
  page = await mount(<DatasetPage id={fakeId(1)} />, {
    datasets: {
      list: () => [fakeDataset(1)],
      versions: () => [],
      preview: ({ reading }) => previewOf(reading ?? {}),
      preview_edit: ({ edit }) => {
        if (edit.file?.reading === undefined) throw unreadable();
        return DIFF;
      },
      edit: () => fakeDataset(1, { revision: 2 }),
    },
    desktop: { choose_files: () => ['/data/odd.csv'] },
  });
  await page.until(() => page.button('New version…'));
  await page.click(page.button('New version…'));
  await page.until(() => page.button('Use this mapping'));
  expect(page.text()).toContain('Say so in the fields below.');
  expect(page.text()).not.toContain('--map');
  expect(page.button('Read it so').hasAttribute('disabled')).toBe(true);
  await page.click(page.button('Use this mapping'));
  await page.until(() => expect(page.text()).toContain('1 usable record of 1 record'));
  await page.click(page.button('Read it so'));
  await page.until(() => expect(page.text()).toContain('1 changed'));
  await page.click(page.button('Make version 2'));
  const file = { path: '/data/odd.csv', reading: { mapping: MAPPING }, sha256: 'e'.repeat(64) };
  await page.until(() =>
    expect(page.fake.calls.find(({ name }) => name === 'datasets.edit')?.input).toMatchObject({
      edit: { file },
    }),
  );
});
