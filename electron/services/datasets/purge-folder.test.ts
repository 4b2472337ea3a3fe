import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DatasetService } from './dataset-service';
import { jsonl, pair } from './import/testing';
import { purgeFolder } from './purge-folder';
import { ServiceBench } from './service-bench';
import { versionCacheDir } from './version-cache';

let bench: ServiceBench;
let service: DatasetService;
let id = '';
let userDir = '';
let cacheDir = '';

beforeEach(async () => {
  bench = await ServiceBench.create();
  service = await bench.service();
  const [outcome] = await service.import([await bench.file(jsonl(pair()))]);
  id = outcome?.dataset.id ?? '';
  userDir = await bench.userDir();
  cacheDir = join(bench.dir, 'cache');
  await service.delete(id);
});
afterEach(() => bench.remove());

/** As a process leaves it that ends in the middle of a purge. */
const beginPurge = () => rename(join(userDir, id), join(userDir, `.purged-${id}`));

it('a purge that was cut off before the row went is finished at the next start', async () => {
  await beginPurge();
  await service.recover();
  expect(await service.listDeleted()).toEqual([]);
  expect(await readdir(userDir)).toEqual([]);
});

it('one that was cut off after it is finished by the next command', async () => {
  await beginPurge();
  await (await bench.repositories()).datasets.purge(id);
  await service.recoverImports();
  expect(await readdir(userDir)).toEqual([]);
});

it('a dataset that is restored instead has its files again', async () => {
  await beginPurge();
  await service.restore(id);
  expect(await service.records({ id, offset: 0, limit: 1 })).toMatchObject({ total: 1 });
  await service.recover();
  expect(await readdir(userDir)).toEqual([id]);
});

it('one that a run was made of in that moment keeps its files', async () => {
  await bench.makeJob(id);
  const repositories = await bench.repositories();
  const paths = { userDir, cacheDir, datasetDir: () => join(userDir, id) };
  await expect(purgeFolder({ repositories, paths }, id)).rejects.toThrow();
  expect(await service.records({ id, offset: 0, limit: 1 })).toMatchObject({ total: 1 });
});

it('one that another process is at work on stays', async () => {
  // The parent of this process lives, and is another one.
  await mkdir(join(userDir, id, `.staging-${process.ppid}-x`));
  await expect(service.purge(id)).rejects.toMatchObject({ code: 'dataset_in_use' });
  expect(await readdir(userDir)).toEqual([id]);
});

it('what was worked out of it goes as well, and that of other datasets stays', async () => {
  const [other] = await service.import([await bench.file(jsonl(pair(), pair()), 'other.jsonl')]);
  const kept = await service.currentVersion(other?.dataset.id ?? '');
  const gone = await service.currentVersion(id);
  for (const version of [kept, gone]) {
    const folder = versionCacheDir(cacheDir, version?.sha256 ?? '');
    await mkdir(join(folder, 'tokens'), { recursive: true });
    await writeFile(join(folder, 'tokens', 'ids.npy'), 'the text in other words');
  }
  await service.purge(id);
  expect(await readdir(join(cacheDir, 'data'))).toEqual([kept?.sha256]);
});
