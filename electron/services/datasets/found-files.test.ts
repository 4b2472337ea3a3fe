import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findFiles } from './found-files';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'found-files-'));
  await mkdir(join(dir, 'data.jsonl', 'deep'), { recursive: true });
  for (const name of [
    'data.jsonl/b.csv',
    'data.jsonl/a.csv',
    'data.jsonl/deep/c.csv',
    'data.jsonl/.hidden',
    'alone.txt',
  ])
    await writeFile(join(dir, name), 'x');
  await symlink(dir, join(dir, 'data.jsonl', 'loop'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

it('D10 takes the files of folders, whatever they are called, by name; no links and nothing hidden', async () => {
  const { paths, left_out } = await findFiles([
    join(dir, 'data.jsonl'),
    join(dir, 'alone.txt'),
    join(dir, 'absent'),
  ]);
  expect(paths.map((path) => path.slice(dir.length + 1))).toEqual([
    'data.jsonl/a.csv',
    'data.jsonl/b.csv',
    'data.jsonl/deep/c.csv',
    'alone.txt',
    'absent',
  ]);
  expect(left_out).toBe(0);
});

it('says how many it leaves out', async () => {
  const many = join(dir, 'many');
  await mkdir(many);
  for (let index = 0; index < 60; index += 1) await writeFile(join(many, `${String(index)}.txt`), 'x');
  expect(await findFiles([many])).toMatchObject({ left_out: 10 });
});

it('leaves out a folder that cannot be read, takes what is beside it, and says how many', async () => {
  const refused = join(dir, 'data.jsonl', 'deep');
  const list = (folder: string) =>
    folder === refused
      ? Promise.reject(Object.assign(new Error('permission denied'), { code: 'EACCES' }))
      : readdir(folder, { withFileTypes: true });
  const found = await findFiles([join(dir, 'data.jsonl'), refused], list);
  expect(found.paths.map((path) => path.slice(dir.length + 1))).toEqual([
    'data.jsonl/a.csv',
    'data.jsonl/b.csv',
  ]);
  expect(found).toMatchObject({ left_out: 0, unread_folders: 1, empty_folders: 0 });
});

it('counts the given folders in which there is nothing to take', async () => {
  const empty = join(dir, 'empty');
  await mkdir(join(empty, 'inside'), { recursive: true });
  await writeFile(join(empty, 'inside', '.hidden'), 'x');
  const found = await findFiles([empty, join(dir, 'data.jsonl'), join(dir, 'absent')]);
  expect(found).toMatchObject({ empty_folders: 1, unread_folders: 0 });
});
