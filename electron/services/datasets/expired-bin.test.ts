import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/lib/messages/bin-words';
import type { DatasetService } from './dataset-service';
import { benchWith, THREE_RECORDS } from './edit-testing';
import { purgeExpired } from './expired-bin';
import type { ServiceBench } from './service-bench';

let bench: ServiceBench;
let service: DatasetService;
let id = '';
let deletedAt = 0;

beforeEach(async () => {
  ({ bench, service, id } = await benchWith(THREE_RECORDS));
  await service.delete(id);
  deletedAt = Date.parse((await service.get(id)).deleted_at ?? '');
  await changedOn(0);
});
afterEach(() => bench.remove());

/** Days are counted from the deletion. */
const changedOn = async (day: number) => {
  const time = new Date(deletedAt + day * DAY_MS);
  await utimes(join(await bench.userDir(), id), time, time);
};
const startOn = async (day: number) => {
  const { settings } = await bench.repositories();
  const userDir = await bench.userDir();
  const gone = await purgeExpired({
    datasets: service,
    paths: { datasetDir: (dataset) => join(userDir, dataset) },
    store: settings,
    now: () => new Date(deletedAt + day * DAY_MS).toISOString(),
  });
  return gone.map((dataset) => dataset.id);
};

describe('what lies in the bin', () => {
  it('is purged after 30 days, files and all', async () => {
    expect(await startOn(29)).toEqual([]);
    expect(await startOn(29.9)).toEqual([]);
    expect(await service.listDeleted()).toHaveLength(1);
    expect(await startOn(30)).toEqual([id]);
    expect(await service.listDeleted()).toEqual([]);
    expect((await bench.files()).filter((name) => name.includes(id))).toEqual([]);
  });

  it('stays at the first start that counts days, and at one whose clock has jumped or was set back', async () => {
    expect(await startOn(40)).toEqual([]);
    expect(await startOn(4000)).toEqual([]);
    expect(await startOn(50)).toEqual([]);
    expect(await service.listDeleted()).toHaveLength(1);
    expect(await startOn(51)).toEqual([id]);
  });

  it('stays while its folder was changed less than 30 days ago', async () => {
    await changedOn(20);
    expect(await startOn(45)).toEqual([]);
    expect(await startOn(46)).toEqual([]);
    expect(await startOn(51)).toEqual([id]);
  });

  it('stays where a run was made of it, and what is restored is none of it', async () => {
    await service.restore(id);
    await bench.makeJob(id);
    await startOn(39);
    expect(await startOn(40)).toEqual([]);
    await service.delete(id);
    expect(await startOn(41)).toEqual([]);
    expect(await service.listDeleted()).toHaveLength(1);
  });
});
