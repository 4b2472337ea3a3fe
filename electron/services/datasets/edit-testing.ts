import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetEdit } from '../../../src/lib/types/dataset-versions';
import type { DatasetService } from './dataset-service';
import { chat, jsonl } from './import/testing';
import { ServiceBench } from './service-bench';

/** Three records that can be used, one of them with a warning and one that a fix changes, and one that cannot. */
export const FOUR_RECORDS = jsonl(
  { id: 'one', ...chat(' one? ', '1') },
  { id: 'two', ...chat('two {{name}}', '2') },
  { id: 'bad', messages: [] },
  { id: 'four', ...chat('four?', '4') },
);

/** Three records of which nothing is to be said. */
export const THREE_RECORDS = jsonl(
  { id: 'one', ...chat('one?', '1') },
  { id: 'two', ...chat('two?', '2') },
  { id: 'three', ...chat('three?', '3') },
);

/** A service with one dataset, which is to be edited. */
export const benchWith = async (source: string, name?: string) => {
  const bench = await ServiceBench.create();
  const service = await bench.service();
  const [outcome] = await service.import([await bench.file(source, name)]);
  return { bench, service, id: outcome?.dataset.id ?? '' };
};

export const edit = (more: Partial<DatasetEdit>): DatasetEdit => ({
  exclude: [],
  include: [],
  fixes: [],
  ...more,
});

/** Newest first, the current one with a star. */
export const versionNumbers = async ({ versions }: DatasetService, id: string): Promise<string[]> =>
  (await versions.list(id)).map(({ number, is_current }) => `${String(number)}${is_current ? '*' : ''}`);

/** What unfinished work has in the folder of a dataset. */
export const stagingFolders = async (bench: ServiceBench, id: string): Promise<string[]> =>
  (await readdir(join(await bench.userDir(), id))).filter((name) => name.startsWith('.staging')).toSorted();
