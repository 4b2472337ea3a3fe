import { afterEach, expect, test } from 'vitest';
import { fakeDataset } from '../../fake-rows';
import { AppError } from '../../lib/messages/app-error';
import type { ImportPreview } from '../../lib/types/import-preview';
import { mount } from '../../mount';
import { ImportPage } from './import-page';
import { addFiles, importFiles } from './import-store';

afterEach(() => importFiles.setState({ files: [] }));

const SEEN: ImportPreview = {
  ...{ file_name: 'talk.jsonl', size_bytes: 25, link_target: null, archive: null, encoding: 'utf-8' },
  ...{ container: 'lines', is_whole: true, records: [], columns: [], rows: [], table: null },
  ...{ roles: {}, role_names: [], signature: null, reading: {}, is_remembered: false },
  report: {
    ...{ shape: 'D', format: 'chat', kind: 'sft', reason: 'Chat messages.' },
    ...{ records_total: 1, usable_records: 1, rejected_records: 0, skipped_null_target: 0 },
    ...{ conversations: 1, duplicates_exact: 0, problems_total: 0, problems: [] },
  },
};

const PATHS = ['/data/talk.jsonl', '/data/mail.jsonl'];

const open = async (paths: readonly string[], refused: readonly string[] = []) => {
  // Other tests may have left some.
  importFiles.setState({ files: [] });
  addFiles(paths);
  const page = await mount(<ImportPage />, {
    datasets: {
      list: () => [],
      preview: ({ path }) => ({ ...SEEN, file_name: path.slice('/data/'.length) }),
      import_file: ({ path }) => {
        if (refused.includes(path)) throw new AppError({ code: 'disk_full', message: 'No room.', hint: '' });
        return fakeDataset(PATHS.indexOf(path) + 1, { status: 'validating' });
      },
    },
  });
  await page.until(() =>
    expect(page.button(`Import ${String(paths.length)} files`).hasAttribute('disabled')).toBe(false),
  );
  page.button('Import').focus();
  return page;
};

test('once all is started, the first card that was started has the focus', async () => {
  const page = await open(PATHS);
  await page.click(page.button('Import 2 files'));
  await page.until(() => expect(page.text().match(/Waits for its turn/gu)).toHaveLength(2));
  expect(document.activeElement?.getAttribute('aria-label')).toBe('talk.jsonl');
});

test('while a file is left to import, its button keeps the focus', async () => {
  const page = await open(PATHS, PATHS.slice(1));
  await page.click(page.button('Import 2 files'));
  await page.until(() => expect(page.text()).toContain('Waits for its turn'));
  expect(document.activeElement).toBe(page.button('Import'));
});
