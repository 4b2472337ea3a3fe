import { expect, test } from 'vitest';
import { Toasts } from '../../components/toasts';
import { mount } from '../../mount';
import { importFiles } from './import-store';
import { takeFiles } from './take-files';

test('of a folder with nothing in it that is said, and no empty page opened', async () => {
  importFiles.setState({ files: [] });
  const answer = { paths: [], left_out: 0, unread_folders: 0, empty_folders: 1 };
  const page = await mount(<Toasts />, { datasets: { find_files: () => answer } });
  const visited: string[] = [];
  await takeFiles(['/data/empty'], (path) => visited.push(path));
  await page.until(() => expect(page.text()).toContain('1 folder left out'));
  expect(page.text()).toContain('There is no file inside to import.');
  expect(visited).toEqual([]);
  expect(importFiles.getState().files).toEqual([]);
});
