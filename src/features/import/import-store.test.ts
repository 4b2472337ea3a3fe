import { beforeEach, expect, it } from 'vitest';
import type { ImportPreview } from '../../lib/types/import-preview';
import type { Reading } from '../../lib/types/dataset-reading';
import {
  addFiles,
  addKept,
  changeFile,
  changeReading,
  importFiles,
  noteLook,
  setAlone,
} from './import-store';

const preview = (signature: string | null, reading: Reading = {}): ImportPreview => ({
  file_name: 'file',
  size_bytes: 1,
  link_target: null,
  archive: null,
  encoding: 'utf-8',
  container: 'a table, a record a row',
  report: {
    shape: 'J',
    format: 'table',
    kind: 'sft',
    reason: '',
    records_total: 1,
    usable_records: 1,
    rejected_records: 0,
    skipped_null_target: 0,
    conversations: 1,
    duplicates_exact: 0,
    problems_total: 0,
    problems: [],
  },
  is_whole: true,
  records: [],
  columns: [],
  rows: [],
  table: null,
  roles: {},
  role_names: [],
  signature,
  reading,
  is_remembered: false,
});

const MAPPING: Reading = { mapping: { user: 'a', assistant: 'b' }, system_prompt: 'Be kind.' };
const readings = () =>
  Object.fromEntries(importFiles.getState().files.map(({ path, reading }) => [path, reading]));

beforeEach(() => {
  importFiles.setState({ files: [] });
  addFiles(['a1', 'a2', 'b1', 'text']);
  noteLook('a1', null, preview('a'));
  noteLook('a2', null, preview('a'));
  noteLook('b1', null, preview('b'));
  noteLook('text', null, preview(null));
});

it('reads files of one shape as one of them is told to be, and no others', () => {
  changeReading('a1', MAPPING);
  expect(readings()).toEqual({ a1: MAPPING, a2: MAPPING, b1: null, text: null });
  // A layout that was told gives the columns other names: the shape stays the one that was found.
  noteLook('a1', MAPPING, preview('another'));
  changeReading('a1', { ...MAPPING, system_prompt: 'Be short.' });
  expect(readings()).toMatchObject({ a2: { system_prompt: 'Be short.' } });
  changeReading('a2', {});
  expect(readings()).toMatchObject({ a1: {}, b1: null });
});

it('leaves encoding and damage to each file', () => {
  changeReading('a2', { encoding: 'utf-16le' });
  expect(readings()).toMatchObject({ a1: null, a2: { encoding: 'utf-16le' } });
  changeReading('a1', { ...MAPPING, salvage: true });
  expect(readings()).toMatchObject({ a1: { salvage: true }, a2: { ...MAPPING, encoding: 'utf-16le' } });
  expect(readings()['a2']).not.toHaveProperty('salvage');
});

it('reads a file that comes later like those of its shape that wait, not like those that are imported', () => {
  changeReading('a1', MAPPING);
  addFiles(['a3']);
  noteLook('a3', null, preview('a'));
  expect(readings()).toMatchObject({ a3: MAPPING });
  for (const path of ['a1', 'a2', 'a3']) changeFile(path, { datasetId: 'x' });
  addFiles(['a4']);
  noteLook('a4', null, preview('a'));
  expect(readings()).toMatchObject({ a4: null });
});

it('takes the kept original of a dataset with the names that it had', () => {
  addKept('/data/source', { fileName: 'talk.csv', name: 'Talk', description: 'Of last week.' });
  expect(importFiles.getState().files.at(-1)).toMatchObject({
    ...{ path: '/data/source', fileName: 'talk.csv', name: 'Talk', description: 'Of last week.' },
    ...{ reading: null, datasetId: null },
  });
});

it('lets a file go its own way, and join the others again', () => {
  setAlone('a2', true);
  changeReading('a1', MAPPING);
  expect(readings()).toMatchObject({ a1: MAPPING, a2: null });
  changeReading('a2', { system_prompt: 'Mine.' });
  expect(readings()).toMatchObject({ a1: MAPPING });
  setAlone('a2', false);
  expect(readings()).toMatchObject({ a2: MAPPING });
});
