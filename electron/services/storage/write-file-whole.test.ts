import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFileWhole } from './write-file-whole';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pipeline save ü '));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('writes text and bytes, over what was there, and leaves nothing beside it', async () => {
  const path = join(folder, 'run.png');
  await writeFileWhole(path, 'step,loss\r\n');
  expect(await readFile(path, 'utf8')).toBe('step,loss\r\n');
  await writeFileWhole(path, Buffer.from('iVBORw0KGgo=', 'base64'));
  expect([...(await readFile(path)).subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  expect(await readdir(folder)).toEqual(['run.png']);
});

test('says which file could not be written, and what to do', async () => {
  const path = join(folder, 'missing', 'run.csv');
  await expect(writeFileWhole(path, '')).rejects.toMatchObject({
    code: 'file_unwritable',
    message: expect.stringContaining(path) as string,
    hint: expect.stringContaining('Choose a folder') as string,
  });
});
