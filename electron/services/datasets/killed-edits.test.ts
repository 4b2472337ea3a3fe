import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rawIn } from '../../db/testing';
import type { DatasetService } from './dataset-service';
import { benchWith, edit, stagingFolders, THREE_RECORDS, versionNumbers } from './edit-testing';
import type { ServiceBench } from './service-bench';

let bench: ServiceBench;
let service: DatasetService;
let id = '';

beforeEach(async () => {
  ({ bench, service, id } = await benchWith(THREE_RECORDS));
});
afterEach(() => bench.remove());

const numbers = () => versionNumbers(service, id);
const staging = () => stagingFolders(bench, id);

describe('a version that a killed process published without its row', () => {
  const folders = async () => (await readdir(join(await bench.userDir(), id, 'versions'))).length;
  /** As a process ends that is killed in between: with its staging, and the name of the file before. */
  const publishOnly = async () => {
    await service.versions.edit(id, edit({ exclude: ['two'] }));
    const versions = join(await bench.userDir(), id, 'versions');
    const orphan = (await service.currentVersion(id))?.sha256 ?? '';
    await rename(join(versions, orphan), join(bench.dir, 'kept'));
    await service.versions.use(id, 1);
    const database = rawIn(bench.dir);
    database.prepare('DELETE FROM dataset_versions WHERE number = 2').run();
    database.close();
    await rename(join(bench.dir, 'kept'), join(versions, orphan));
    await mkdir(join(await bench.userDir(), id, '.staging-999999-dead'));
  };

  it('is gone at the next start', async () => {
    await publishOnly();
    expect(await folders()).toBe(2);
    await (await bench.service()).recover();
    expect([await folders(), await staging(), await numbers()]).toEqual([1, [], ['1*']]);
  });

  it('is no version of a newer file that gives the same records', async () => {
    await publishOnly();
    const path = await bench.file(THREE_RECORDS.replace(/.*"two".*/, '{"messages": []}'), 'newer.jsonl');
    await service.versions.edit(id, edit({ file: { path } }));
    expect(await service.versions.edit(id, edit({ exclude: ['one'] }))).toMatchObject({ status: 'ready' });
    expect([await folders(), await staging(), await numbers()]).toEqual([3, [], ['3*', '2', '1']]);
  });

  it('stays while a process is at work on the dataset', async () => {
    await publishOnly();
    const alive = `.staging-${String(process.ppid)}-alive`;
    await mkdir(join(await bench.userDir(), id, alive));
    await (await bench.service()).recover();
    expect([await folders(), await staging()]).toEqual([2, [alive, '.staging-999999-dead'].toSorted()]);
  });
});

describe('a look that was killed', () => {
  it('is swept by the next one', async () => {
    await mkdir(join(await bench.userDir(), id, '.staging-999999-dead'));
    await service.versions.preview(id, edit({ exclude: ['one'] }));
    expect(await staging()).toEqual([]);
  });
});
