import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sweepLeftovers } from './leftovers';

const DAY_MS = 24 * 60 * 60 * 1000;
const RUN = '2f6b0c9e-7a31-4c55-9d0e-1b2a3c4d5e6f';
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'leftovers ü '));
});
afterEach(() => rm(dir, { recursive: true }));

const folders = () => ({ runsDir: join(dir, 'runs'), cacheDir: join(dir, 'cache') });

it('what was left more than a day ago goes, with all that is in it, and nothing else', async () => {
  const { runsDir, cacheDir } = folders();
  for (const name of [`${RUN}.new`, RUN]) {
    await mkdir(join(runsDir, name), { recursive: true });
    await writeFile(join(runsDir, name, 'job.json'), '{}');
  }
  await mkdir(join(cacheDir, `probe-${RUN}`), { recursive: true });
  await writeFile(join(cacheDir, `card-${RUN}.md`), '');
  for (const name of ['a'.repeat(64), 'numbers', 'data', 'kernels']) await mkdir(join(cacheDir, name));
  await sweepLeftovers(folders(), Date.now() + DAY_MS / 2);
  expect([...(await readdir(runsDir)), ...(await readdir(cacheDir))]).toHaveLength(8);
  await sweepLeftovers(folders(), Date.now() + 2 * DAY_MS);
  expect(await readdir(runsDir)).toEqual([RUN]);
  expect((await readdir(cacheDir)).toSorted()).toEqual(['data', 'kernels']);
});

it('a split that was made to look at goes, and tokens that were cut off; the numbers beside them stay', async () => {
  const numbers = join(folders().cacheDir, 'data', 'b'.repeat(64));
  await mkdir(numbers, { recursive: true });
  for (const name of [`split-${RUN}.json`, `${'a'.repeat(64)}.json`, '.tokens-x'])
    await writeFile(join(numbers, name), '{}');
  await sweepLeftovers(folders(), Date.now() + 2 * DAY_MS);
  expect(await readdir(numbers)).toEqual([`${'a'.repeat(64)}.json`]);
});

it('a link that leads nowhere is a leftover like others', async () => {
  const { cacheDir } = folders();
  await mkdir(cacheDir);
  await symlink(join(dir, 'nowhere'), join(cacheDir, `probe-${RUN}`));
  await sweepLeftovers(folders());
  await sweepLeftovers(folders(), Date.now() + 2 * DAY_MS);
  expect(await readdir(cacheDir)).toEqual([]);
});

it('a data folder in which nothing was made yet is left alone', async () => {
  await sweepLeftovers(folders());
  expect(await readdir(dir)).toEqual([]);
});
