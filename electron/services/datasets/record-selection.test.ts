import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetEdit } from '../../../src/lib/types/dataset-versions';
import type { DatasetService } from './dataset-service';
import { chat, jsonl } from './import/testing';
import { ServiceBench } from './service-bench';

let bench: ServiceBench;
let service: DatasetService;
let id = '';

beforeEach(async () => {
  bench = await ServiceBench.create();
  service = await bench.service();
  const source = jsonl(
    { id: 'one', ...chat('one?', '1') },
    { id: 'two', ...chat('two {{name}}', '2') },
    { id: 'bad', messages: [] },
    { id: 'four', ...chat('four?', '4') },
  );
  const [outcome] = await service.import([await bench.file(source)]);
  id = outcome?.dataset.id ?? '';
});
afterEach(() => bench.remove());

const edit = (more: Partial<DatasetEdit>): DatasetEdit => ({ exclude: [], include: [], fixes: [], ...more });

describe('records to edit', () => {
  it('are found by search and by problem, refused ones not among them', async () => {
    const of = (query: string, problem_type: 'unsupported_content' | 'empty_value' | null) =>
      service.versions.recordIds({ id, query, problem_type });
    expect(await of('FOUR', null)).toEqual({ ids: ['four'], truncated: false });
    expect((await of('', 'unsupported_content')).ids).toEqual(['two']);
    expect((await of('four', 'unsupported_content')).ids).toEqual([]);
    expect((await of('', 'empty_value')).ids).toEqual([]);
  });

  it('are found by their lines, excluded ones in the versions that had them', async () => {
    expect(await service.versions.idsAtLines(id, [1, 4], 'used')).toEqual(['one', 'four']);
    await expect(service.versions.idsAtLines(id, [1, 3, 9], 'used')).rejects.toThrow(
      'Lines 3, 9 of the original file',
    );
    await service.versions.edit(id, edit({ exclude: ['one'] }));
    await service.versions.edit(id, edit({ exclude: ['four'] }));
    expect(await service.versions.idsAtLines(id, [1, 4], 'excluded')).toEqual(['one', 'four']);
    await expect(service.versions.idsAtLines(id, [1], 'used')).rejects.toMatchObject({
      code: 'dataset_line_unusable',
    });
    await expect(service.versions.idsAtLines(id, [2], 'excluded')).rejects.toMatchObject({
      code: 'dataset_line_unusable',
    });
  });
});
