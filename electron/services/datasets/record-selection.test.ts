import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANY_PROBLEM } from '../../../src/lib/types/dataset-records';
import type { ProblemFilter } from '../../../src/lib/types/dataset-records';
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
    const of = (query: string, type: 'unsupported_content' | 'empty_value' | null) =>
      service.versions.recordIds({ id, query, problem: type === null ? null : { ...ANY_PROBLEM, type } });
    expect(await of('FOUR', null)).toEqual({ ids: ['four'], indexes: [2], truncated: false });
    expect((await of('4', null)).ids).toEqual(['four']);
    expect((await of('2', null)).ids).toEqual(['two']);
    expect((await of('"1"', null)).ids).toEqual(['one']);
    expect((await of('', 'unsupported_content')).ids).toEqual(['two']);
    expect((await of('four', 'unsupported_content')).ids).toEqual([]);
    expect((await of('', 'empty_value')).ids).toEqual([]);
  });

  it('say what is gravest of each, of what was asked for', async () => {
    const odd = { messages: [...chat('{{name}}?', '1').messages, { role: 'user', content: 'And?' }] };
    const source = jsonl(odd, chat('one?', '1'), chat('{{name}}?', '2'));
    const [outcome] = await service.import([await bench.file(source, 'odd.jsonl')]);
    const of = (filter: Partial<ProblemFilter>) =>
      service.versions.recordIds({
        id: outcome?.dataset.id ?? '',
        query: '',
        problem: { ...ANY_PROBLEM, ...filter },
      });
    expect(await of({})).toMatchObject({
      indexes: [0, 2],
      problems: ['role_order', 'unsupported_content'],
    });
    expect(await of({ type: 'unsupported_content' })).toMatchObject({
      indexes: [0, 2],
      problems: ['unsupported_content', 'unsupported_content'],
    });
  });

  it('are found where they repeat an earlier one, as many as the import counted', async () => {
    expect(await service.versions.repeatedIds(id)).toEqual({ ids: [], indexes: [], truncated: false });
    const again = { conversation_id: 'c', ...chat('one?', '1') };
    const source = jsonl({ id: 'a', ...chat('one?', '1') }, { id: 'b', ...again }, { id: 'c', ...again });
    const [outcome] = await service.import([await bench.file(source, 'twice.jsonl')]);
    expect(outcome?.report?.duplicates_exact).toBe(2);
    expect(await service.versions.repeatedIds(outcome?.dataset.id ?? '')).toEqual({
      ids: ['b', 'c'],
      indexes: [1, 2],
      truncated: false,
    });
  });

  it('are found by the severity and the words of a problem', async () => {
    const of = async (filter: Partial<ProblemFilter>) =>
      (await service.versions.recordIds({ id, query: '', problem: { ...ANY_PROBLEM, ...filter } })).ids;
    expect(await of({})).toEqual(['two']);
    expect(await of({ severity: 'warning' })).toEqual(['two']);
    expect(await of({ severity: 'error' })).toEqual([]);
    expect(await of({ query: '{{NAME}}' })).toEqual(['two']);
    expect(await of({ query: 'no such words' })).toEqual([]);
  });

  it('have their problems told apart where all stand on one line', async () => {
    const all = ['{{a}}', '{{b}}', '{{c}}'].map((words) => ({ id: words, ...chat(words, '1') }));
    const file = await bench.file(`${JSON.stringify(all)}\n`, 'array.json');
    const [outcome] = await service.import([file]);
    const whole = { id: outcome?.dataset.id ?? '', offset: 0, limit: 1, ...ANY_PROBLEM };
    expect(await service.problems(whole)).toMatchObject({ total: 3, problems: [{ line: 1 }] });
    expect(await service.problems({ ...whole, record_id: '{{c}}' })).toMatchObject({
      total: 1,
      problems: [{ line: 1, record_id: '{{c}}' }],
    });
  });

  it('are read where an earlier version still has them', async () => {
    const excluded = async (offset = 0) => service.versions.excluded(id, { offset, limit: 1 });
    expect(await excluded()).toEqual({ total: 0, records: [] });
    await service.versions.edit(id, edit({ exclude: ['four'] }));
    await service.versions.edit(id, edit({ exclude: ['one'] }));
    expect(await excluded()).toMatchObject({ total: 2, records: [{ id: 'one', source_line: 1 }] });
    expect(await excluded(1)).toMatchObject({ total: 2, records: [{ id: 'four', source_line: 4 }] });
    const found = async (query: string) =>
      (await service.versions.excluded(id, { offset: 0, limit: 9, query })).records.map(({ id: of }) => of);
    expect(await Promise.all([found('FOUR'), found('?'), found('two')])).toEqual([
      ['four'],
      ['one', 'four'],
      [],
    ]);
    expect(await service.versions.recordIds({ id, query: 'four', problem: null, side: 'excluded' })).toEqual({
      ids: ['four'],
      indexes: [],
      truncated: false,
    });
    await service.versions.edit(id, edit({ include: ['one', 'four'] }));
    expect(await excluded()).toEqual({ total: 0, records: [] });
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
