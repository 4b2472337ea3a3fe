import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANY_PROBLEM } from '../../../src/lib/types/dataset-records';
import type { ProblemFilter } from '../../../src/lib/types/dataset-records';
import { textsOf } from '../../../src/lib/types/record-turns';
import { chat, jsonl, pair } from './import/testing';
import { ServiceBench } from './service-bench';

let bench: ServiceBench;
beforeEach(async () => {
  bench = await ServiceBench.create();
});
afterEach(() => bench.remove());

const many = Array.from({ length: 25 }, (_, index) =>
  chat(`question ${String(index)}`, index % 5 === 0 ? 'Special Ünit' : 'plain'),
);

describe('looking into a dataset', () => {
  it('finds records by position and by text, in any case', async () => {
    const service = await bench.service();
    const [outcome] = await service.import([await bench.file(jsonl(...many))]);
    const id = outcome?.dataset.id ?? '';
    const page = await service.records({ id, offset: 20, limit: 10 });
    expect(page.total).toBe(25);
    expect(page.records.map(({ index }) => index)).toEqual([20, 21, 22, 23, 24]);
    expect(textsOf(await service.record(id, 7))[0]).toBe('question 7');
    expect(await service.records({ id, offset: 1, limit: 2, query: 'special ünit' })).toMatchObject({
      total: 5,
      records: [{ index: 5 }, { index: 10 }],
    });
    await expect(service.record(id, 25)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('shows raw lines of UTF-16 sources and says when there is none', async () => {
    const service = await bench.service();
    const path = join(bench.dir, 'wide.jsonl');
    await writeFile(path, Buffer.from(`\ufeff${jsonl(chat('ü', 'a'), chat('b', 'c'))}`, 'utf16le'));
    const [outcome] = await service.import([path]);
    const id = outcome?.dataset.id ?? '';
    const place = { line: 1, path: null, type: 'empty_value', error: '' } as const;
    expect(await service.originals.rawPart(id, place)).toMatchObject({ text: jsonl(chat('ü', 'a')) });
    await expect(service.originals.rawPart(id, { ...place, line: 9 })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('lists all problems, or those that are asked for', async () => {
    const service = await bench.service();
    const source = jsonl(chat('{{name}}', 'a'), chat('b', ''), chat('c', ''));
    const [outcome] = await service.import([await bench.file(source)]);
    const id = outcome?.dataset.id ?? '';
    const lines = async (filter: Partial<ProblemFilter>) =>
      (await service.allProblems(id, { ...ANY_PROBLEM, ...filter })).map(({ line }) => line);
    expect(await lines({})).toEqual([1, 2, 3]);
    expect(await lines({ severity: 'error' })).toEqual([2, 3]);
    expect(await lines({ severity: 'error', query: '3' })).toEqual([3]);
  });

  it('answers not_found for an unknown dataset', async () => {
    const service = await bench.service();
    await expect(service.get('nothing')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('what its user says of it', () => {
  it('keeps description and tags, each once, and leaves what is not said', async () => {
    const service = await bench.service();
    const { id } = await service.importSample();
    const told = await service.describe(id, { description: ' For the keeper. ', tags: ['b', 'A', 'a '] });
    expect(told).toMatchObject({
      description: 'For the keeper.',
      tags: ['a', 'b'],
      name: 'Lighthouse keeper',
    });
    expect(await service.describe(id, { name: 'Keeper', description: '' })).toMatchObject({
      name: 'Keeper',
      description: null,
      tags: ['a', 'b'],
    });
  });
});

describe('putting away', () => {
  it('renames, deletes, restores and purges', async () => {
    const service = await bench.service();
    const userDir = await bench.userDir();
    const [outcome] = await service.import([await bench.file(jsonl(pair()))]);
    const id = outcome?.dataset.id ?? '';
    expect((await service.describe(id, { name: ' New name ' })).name).toBe('New name');
    await expect(service.purge(id)).rejects.toMatchObject({ code: 'dataset_not_deleted' });
    await service.delete(id);
    expect(await service.list()).toEqual([]);
    expect((await service.restore(id)).deleted_at).toBeNull();
    await service.delete(id);
    expect(await service.listDeleted()).toMatchObject([{ id }]);
    await service.purge(id);
    expect(bench.published.at(-1)).toEqual({ name: 'datasets.removed', payload: { id } });
    await expect(service.get(id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await readdir(join(userDir))).toEqual([]);
  });

  it('never purges a dataset that a job uses', async () => {
    const service = await bench.service();
    const [outcome] = await service.import([await bench.file(jsonl(pair()))]);
    const id = outcome?.dataset.id ?? '';
    await bench.makeJob(id);
    await service.delete(id);
    await expect(service.purge(id)).rejects.toMatchObject({ code: 'dataset_in_use' });
    expect(await bench.files()).not.toEqual([]);
  });

  it('is not deleted while a run learns from it, and says which', async () => {
    const service = await bench.service();
    const [outcome] = await service.import([await bench.file(jsonl(pair()))]);
    const id = outcome?.dataset.id ?? '';
    const job = await bench.makeJob(id);
    const { jobs } = await bench.repositories();
    await jobs.transition(job, { from: ['queued'], to: 'initializing' }, {});
    await expect(service.delete(id)).rejects.toMatchObject({
      code: 'dataset_in_use',
      message: expect.stringContaining('“Job” is learning from it') as string,
    });
    await jobs.transition(job, { from: ['initializing'], to: 'cancelled' }, {});
    expect(await service.jobsOf(id)).toEqual([{ id: job, name: 'Job', status: 'cancelled' }]);
    await service.delete(id);
    expect(await service.list()).toEqual([]);
  });
});
