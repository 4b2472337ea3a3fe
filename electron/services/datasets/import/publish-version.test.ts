import { mkdir, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { importFile } from './import-file';
import { chat, jsonl } from './testing';

const bench = useBench();
const GOOD = jsonl(chat('Why?', 'Because.'), chat('How?', 'So.'));

describe('what an import leaves in its bucket', () => {
  it('is whole, private, and named by its content', async () => {
    const { version } = await bench().import(GOOD);
    const folder = join(bench().datasetDir, 'versions', version?.sha256 ?? '');
    expect((await readdir(folder)).sort()).toEqual([
      'dataset.jsonl',
      'problems.jsonl',
      'recipe.json',
      'records.idx',
      'source',
    ]);
    for (const name of await readdir(folder))
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(bench().datasetDir, 'dataset.jsonl'))).toEqual(
      await readFile(join(folder, 'dataset.jsonl')),
    );
  });

  it('is nothing of a file whose content has no place there, but the reason', async () => {
    const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0]);
    const { report, versionDir } = await bench().import(picture, { name: 'picture.jsonl' });
    expect(versionDir).toBeNull();
    expect(report.problems.length).toBeGreaterThan(0);
    expect(await bench().leftovers()).toEqual([]);
  });

  it('may be larger than the limit, which is for the file that was brought', async () => {
    const maxBytes = Buffer.byteLength(GOOD);
    const { version } = await bench().import(GOOD, { maxBytes });
    expect(version?.sizeBytes).toBeGreaterThan(maxBytes);
  });

  it('never lands where a link of the bucket leads to', async () => {
    const outside = join(bench().dir, 'outside');
    await mkdir(outside);
    await rm(bench().datasetDir, { recursive: true });
    await mkdir(bench().datasetDir);
    await symlink(outside, join(bench().datasetDir, 'versions'));
    const path = await bench().write(GOOD, 'linked.jsonl');
    await expect(importFile(bench().request(path))).rejects.toMatchObject({ code: 'storage_link_refused' });
    expect(await readdir(outside)).toEqual([]);
    expect(await readdir(bench().datasetDir)).toEqual(['versions']);
  });
});
