import { mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetEdit } from '../../../src/lib/types/dataset-versions';
import { rawIn } from '../../db/testing';
import type { DatasetService } from './dataset-service';
import { benchWith, edit, stagingFolders, THREE_RECORDS, versionNumbers } from './edit-testing';
import { importFile } from './import/import-file';
import type { ServiceBench } from './service-bench';

let bench: ServiceBench;
let service: DatasetService;
let id = '';

beforeEach(async () => {
  ({ bench, service, id } = await benchWith(THREE_RECORDS));
});
afterEach(() => bench.remove());

const OTHER = THREE_RECORDS.replaceAll('?', '!');

const numbers = () => versionNumbers(service, id);
const staging = () => stagingFolders(bench, id);

describe('a version that a killed process published without its row', () => {
  const folders = async () => (await readdir(join(await bench.userDir(), id, 'versions'))).length;
  /** As a process ends that is killed in between: with its staging, and the name of the file before. */
  const publishOnly = async (isAnnounced = true) => {
    await service.versions.edit(id, edit({ exclude: ['two'] }));
    const versions = join(await bench.userDir(), id, 'versions');
    const orphan = (await service.currentVersion(id))?.sha256 ?? '';
    await rename(join(versions, orphan), join(bench.dir, 'kept'));
    await service.versions.use(id, 1);
    const database = rawIn(bench.dir);
    database.prepare('DELETE FROM dataset_versions WHERE number = 2').run();
    database.close();
    await rename(join(bench.dir, 'kept'), join(versions, orphan));
    const dead = join(await bench.userDir(), id, '.staging-999999-dead');
    await mkdir(dead);
    if (isAnnounced) await writeFile(join(dead, orphan), '');
  };

  it('is gone at the next start', async () => {
    await publishOnly();
    expect(await folders()).toBe(2);
    await (await bench.service()).recover();
    expect([await folders(), await staging(), await numbers()]).toEqual([1, [], ['1*']]);
  });

  it('is kept where no edit announced it: its row may be what is lost', async () => {
    await publishOnly(false);
    await (await bench.service()).recover();
    expect([await folders(), await staging(), await numbers()]).toEqual([2, [], ['1*']]);
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

describe('what an edit announces', () => {
  const announced = async () => {
    const folder = join(await bench.userDir(), id);
    const names = await Promise.all((await staging()).map((name) => readdir(join(folder, name))));
    return names.flat();
  };
  const versions = async () => (await readdir(join(await bench.userDir(), id, 'versions'))).toSorted();
  /** Hears of an edit between its folder and its row. */
  const editHearing = async (change: Partial<DatasetEdit>, hear: () => Promise<void>) => {
    const heard = await bench.service(async (...request) => {
      try {
        return await importFile(...request);
      } finally {
        await hear();
      }
    });
    return { heard, made: heard.versions.edit(id, edit(change)) };
  };

  it('is the version that it publishes, until that has its row', async () => {
    let before: string[] = [];
    const { made } = await editHearing({ exclude: ['two'] }, async () => {
      before = await announced();
    });
    await made;
    expect(before).toEqual([(await service.currentVersion(id))?.sha256]);
    expect(await staging()).toEqual([]);
  });

  it('is there before the version is', async () => {
    const folder = join(await bench.userDir(), id, 'versions');
    await rename(folder, join(bench.dir, 'moved'));
    await symlink(join(bench.dir, 'moved'), folder);
    let before: string[] = [];
    const { made } = await editHearing({ file: { path: await bench.file(OTHER) } }, async () => {
      before = await announced();
    });
    await expect(made).rejects.toMatchObject({ code: 'storage_link_refused' });
    expect([before.length, (await readdir(folder)).length]).toEqual([1, 1]);
  });

  it('is nothing where the version is there already', async () => {
    await service.versions.edit(id, edit({ exclude: ['two'] }));
    let before = ['not heard of'];
    const { made } = await editHearing({ include: ['two'] }, async () => {
      before = await announced();
    });
    await made;
    expect([before, await versions()]).toMatchObject([[], { length: 2 }]);
    expect(await numbers()).toEqual(['2', '1*']);
  });

  it('goes with a cancel that comes after the folder', async () => {
    const kept = await versions();
    const { heard, made } = await editHearing({ exclude: ['two'] }, () => {
      void heard.cancelImport(id);
      return Promise.reject(new Error('ended'));
    });
    await expect(made).rejects.toMatchObject({ code: 'edit_cancelled' });
    expect([await versions(), await staging()]).toEqual([kept, []]);
  });
});

describe('a look that was killed', () => {
  it('is swept by the next one', async () => {
    await mkdir(join(await bench.userDir(), id, '.staging-999999-dead'));
    await service.versions.preview(id, edit({ exclude: ['one'] }));
    expect(await staging()).toEqual([]);
  });
});
