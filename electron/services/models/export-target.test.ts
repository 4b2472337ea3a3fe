import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exportTarget } from './export-target';

let root: string;
let dataDir: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'pipeline-target-')));
  dataDir = join(root, 'data');
  await mkdir(join(dataDir, 'storage', 'lora-models'), { recursive: true });
});

afterEach(() => rm(root, { recursive: true, force: true }));

const adapterAt = (to: string) => exportTarget({ format: 'adapter', to, dataDir });
const REFUSED = { code: 'export_target_refused' };
// What vitest answers here is `any`.
const textWith = (part: string): unknown => expect.stringContaining(part);

it.each(['out', 'out.zip', 'data2', 'new/folders/too'])('%s beside the data folder is free', async (name) => {
  expect(await adapterAt(join(root, name))).toBe(join(root, name));
});

it.each([
  '',
  'pipeline.db-journal',
  'pipeline.db.zip',
  'rebuild-pending',
  'newfolder',
  'newfolder/deeper',
  'runs/mine',
  'storage/lora-models/mine',
])('data/%s is refused, whatever the format', async (name) => {
  for (const format of ['adapter', 'zip', 'merged', 'gguf-adapter', 'gguf'] as const)
    await expect(exportTarget({ format, to: join(dataDir, name), dataDir })).rejects.toMatchObject(REFUSED);
});

it('a data folder that is not there yet is refused too', async () => {
  await expect(
    exportTarget({ format: 'adapter', to: join(root, 'later', 'a'), dataDir: join(root, 'later') }),
  ).rejects.toMatchObject(REFUSED);
});

it('what the data folder keeps elsewhere by a link is refused there too', async () => {
  for (const [name, link] of [
    ['runs on a large drive', join(dataDir, 'runs')],
    ['models on a large drive', join(dataDir, 'storage', 'lora-datasets')],
  ] as const) {
    const elsewhere = join(root, name);
    await mkdir(elsewhere);
    await symlink(elsewhere, link);
    await expect(adapterAt(join(elsewhere, 'mine'))).rejects.toMatchObject(REFUSED);
    await expect(adapterAt(join(link, 'mine'))).rejects.toMatchObject(REFUSED);
  }
});

it('a folder that leads into the data folder by a link is refused', async () => {
  await symlink(dataDir, join(root, 'link'));
  await expect(adapterAt(join(root, 'link', 'mine'))).rejects.toMatchObject(REFUSED);
});

it('what is taken is told apart', async () => {
  await writeFile(join(root, 'file'), '');
  await expect(adapterAt(join(root, 'file'))).rejects.toMatchObject({ code: 'export_target_exists' });
  expect(basename(await exportTarget({ format: 'zip', to: join(root, 'new'), dataDir }))).toBe('adapter.zip');
});

it.each(['gguf', 'gguf-adapter'] as const)('%s is a file where its path ends so', async (format) => {
  for (const name of ['m.gguf', 'folder']) await mkdir(join(root, name));
  const at = (name: string) => exportTarget({ format, to: join(root, name), dataDir });
  expect(await at('new.gguf')).toBe(join(root, 'new.gguf'));
  expect(await at('folder')).toBe(join(root, 'folder'));
  await expect(at('m.gguf')).rejects.toMatchObject({ code: 'export_target_exists' });
});

it('a link that leads nowhere is refused, as target and on the way to it', async () => {
  await symlink(join(dataDir, 'storage', 'lora-models', 'sneak'), join(root, 'dangling'));
  await symlink(join(root, 'dangling'), join(root, 'twice'));
  await symlink(join(root, 'round'), join(root, 'round'));
  for (const name of ['dangling', 'twice', 'dangling/deeper', 'round', 'round/deeper'])
    await expect(adapterAt(join(root, name))).rejects.toMatchObject({
      ...REFUSED,
      message: textWith('link that leads nowhere'),
    });
});

it.each([
  ['a'.repeat(256), 'has 256 bytes'],
  [`${'ü'.repeat(130)}/short`, 'has 260 bytes, of 255 at most'],
  // The trainer writes beside it first, under a longer name.
  ['a'.repeat(250), 'has 250 bytes, of 233 at most'],
  [Array.from({ length: 40 }, () => 'a'.repeat(100)).join('/'), 'of 4000 at most'],
])('a path that no drive takes is refused in words', async (name, words) => {
  await expect(adapterAt(join(root, name))).rejects.toMatchObject({ ...REFUSED, message: textWith(words) });
});

it('the longest names are free', async () => {
  const longest = join(root, 'ü'.repeat(127), 'a'.repeat(233));
  expect(await adapterAt(longest)).toBe(longest);
});
