import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetService } from './dataset-service';
import { benchWith, edit, FOUR_RECORDS, stagingFolders, versionNumbers } from './edit-testing';
import { importFile } from './import/import-file';
import { chat } from './import/testing';
import type { ServiceBench } from './service-bench';

let bench: ServiceBench;
let service: DatasetService;
let id = '';

beforeEach(async () => {
  ({ bench, service, id } = await benchWith(FOUR_RECORDS));
});
afterEach(() => bench.remove());

const ids = async () => (await service.versions.recordIds({ id, query: '', problem: null })).ids;
const numbers = () => versionNumbers(service, id);
const problems = async () =>
  (await service.allProblems(id)).map(({ line, type }) => `${String(line)} ${type}`);
const currentFile = async () => readFile(join(bench.bucketDir, (await service.get(id)).storage_path), 'utf8');
const staging = () => stagingFolders(bench, id);

describe('an edit', () => {
  it('excludes and includes, and including everything again is the first version', async () => {
    const first = await service.get(id);
    const edited = await service.versions.edit(id, edit({ exclude: ['two'] }));
    expect(edited).toMatchObject({
      status: 'ready',
      total_training_pairs: 1,
      total_validation_pairs: 1,
      report: { usable_records: 2, rejected_records: 1, excluded_records: 1, problems_total: 1 },
    });
    expect([await ids(), await numbers(), await problems()]).toEqual([
      ['one', 'four'],
      ['2*', '1'],
      ['3 empty_value'],
    ]);
    expect(await service.versions.list(id)).toMatchObject([
      { number: 2, records: 2, excluded: 1, fixes: [], is_current: true },
      { number: 1, records: 3, excluded: 0, fixes: [], is_current: false },
    ]);
    const again = await service.versions.edit(id, edit({ include: ['two'] }));
    expect(await numbers()).toEqual(['2', '1*']);
    expect(await problems()).toEqual(['2 unsupported_content', '3 empty_value']);
    const { revision, updated_at, current_version_id, ...columns } = first;
    expect(again).toMatchObject(columns);
    expect([revision < again.revision, updated_at <= again.updated_at, current_version_id]).toEqual([
      true,
      true,
      null,
    ]);
  });

  it('fixes on top of what was excluded, and each version keeps its bytes', async () => {
    const before = await service.currentVersion(id);
    const bytes = await readFile(before?.path ?? '');
    await service.versions.edit(id, edit({ exclude: ['four'] }));
    await service.versions.edit(id, edit({ fixes: ['trim'] }));
    expect(await service.record(id, 0)).toMatchObject({ messages: [{ content: 'one?' }, {}] });
    expect(await service.versions.list(id)).toMatchObject([{ excluded: 1, fixes: ['trim'] }, {}, {}]);
    expect(await readFile(before?.path ?? '')).toEqual(bytes);
    expect(await currentFile()).toBe(await readFile((await service.currentVersion(id))?.path ?? '', 'utf8'));
  });

  it('shares the original with the version before it', async () => {
    const source = async () => stat(join(dirname((await service.currentVersion(id))?.path ?? ''), 'source'));
    const before = await source();
    await service.versions.edit(id, edit({ fixes: ['trim'] }));
    expect((await source()).ino).toBe(before.ino);
    expect(bench.published.at(-1)?.name).toBe('datasets.changed');
    expect(bench.published.filter(({ name }) => name === 'datasets.progress').length).toBeGreaterThan(1);
    const place = { line: 3, path: null, type: 'empty_value', error: '' } as const;
    expect((await service.originals.rawPart(id, place)).text).toContain('"bad"');
  });

  it('reads with the options of the import', async () => {
    const path = await bench.file('question;answer\n1 ? ;one\n2 ? ;two\n', 'table.csv');
    const options = { mapping: { user: 'question', assistant: 'answer' }, table: { delimiter: ';' } };
    const [outcome] = await service.import([path], options);
    id = outcome?.dataset.id ?? '';
    const edited = await service.versions.edit(id, edit({ fixes: ['trim'] }));
    expect(edited).toMatchObject({ format: 'table', report: { usable_records: 2 } });
    expect(await service.record(id, 1)).toMatchObject({ messages: [{ content: '2 ?' }, { content: 'two' }] });
  });

  it.each([
    [
      'excludes what is not there',
      { exclude: ['nobody', 'bad'] },
      { code: 'not_found', words: '“nobody”, “bad”' },
    ],
    [
      'excludes everything',
      { exclude: ['one', 'two', 'four'] },
      { code: 'dataset_left_empty', words: 'No usable record' },
    ],
    [
      'includes what was never excluded',
      { include: ['one'] },
      { code: 'dataset_unchanged', words: 'Nothing of “data”' },
    ],
    [
      'fixes nothing',
      { fixes: ['merge_system' as const] },
      { code: 'dataset_unchanged', words: 'Nothing of “data”' },
    ],
  ])('that %s is refused', async (_what, change, { code, words }) => {
    const attempt = service.versions.edit(id, edit(change));
    await expect(attempt).rejects.toMatchObject({ code });
    await expect(attempt).rejects.toThrow(words);
    expect([await numbers(), await staging()]).toEqual([['1*'], []]);
  });

  it('says when the original is gone, or is not what it was', async () => {
    const source = join(dirname((await service.currentVersion(id))?.path ?? ''), 'source');
    await writeFile(source, FOUR_RECORDS.replace('4', '5'));
    const change = edit({ fixes: ['trim'] });
    await expect(service.versions.edit(id, change)).rejects.toMatchObject({ code: 'dataset_source_damaged' });
    await rm(source);
    await expect(service.versions.edit(id, change)).rejects.toMatchObject({ code: 'dataset_source_missing' });
    await expect(service.versions.preview(id, change)).rejects.toMatchObject({
      code: 'dataset_source_missing',
    });
    expect(await numbers()).toEqual(['1*']);
  });

  it('waits for the one before it, and goes on top of it', async () => {
    const [, second] = await Promise.all([
      service.versions.edit(id, edit({ exclude: ['one'] })),
      service.versions.edit(id, edit({ exclude: ['four'] })),
    ]);
    expect([await ids(), await numbers(), second.total_validation_pairs]).toEqual([
      ['two'],
      ['3*', '2', '1'],
      0,
    ]);
  });

  it('goes on top of what another process made while it was reading', async () => {
    const other = await bench.service();
    let isFirst = true;
    const slow = await bench.service(async (...request) => {
      const result = await importFile(...request);
      if (isFirst) await other.versions.edit(id, edit({ exclude: ['four'] }));
      isFirst = false;
      return result;
    });
    await slow.versions.edit(id, edit({ exclude: ['one'] }));
    expect(await ids()).toEqual(['two']);
    // What was read for nothing is gone.
    const folders = await readdir(dirname(dirname((await service.currentVersion(id))?.path ?? '')));
    expect(folders).toHaveLength((await service.versions.list(id)).length);
  });

  it('leaves a job with the version that it used', async () => {
    const used = await service.currentVersion(id);
    const job = await bench.makeJob(id);
    await service.versions.edit(id, edit({ exclude: ['one'] }));
    const repositories = await bench.repositories();
    expect((await repositories.jobs.datasets(job))[0]?.dataset_version_id).toBe(used?.id);
    expect((await readFile(used?.path ?? '', 'utf8')).split('\n')).toHaveLength(4);
    expect((await service.currentVersion(id))?.id).not.toBe(used?.id);
  });
});

describe('an edit that does not come to its end', () => {
  const stopping = (stop: (stopped: DatasetService) => void) => {
    const runImport: typeof importFile = (request, onProgress, signal) =>
      importFile(
        request,
        (progress) => {
          onProgress?.(progress);
          stop(slow);
        },
        signal,
      );
    let slow: DatasetService = service;
    return async () => {
      slow = await bench.service(runImport);
      return slow;
    };
  };

  it.each([
    ['cancelled', (slow: DatasetService) => void slow.cancelImport(id)],
    ['interrupted', (slow: DatasetService) => void slow.stop()],
  ])('because it is %s leaves the old version and no staging', async (how, stop) => {
    const slow = await stopping(stop)();
    await expect(slow.versions.edit(id, edit({ exclude: ['one'] }))).rejects.toMatchObject({
      code: `edit_${how}`,
    });
    expect([await numbers(), await ids(), await staging()]).toEqual([['1*'], ['one', 'two', 'four'], []]);
    expect((await service.get(id)).status).toBe('ready');
  });

  it('is swept at the next start, which also puts the name of the current file right', async () => {
    await service.versions.edit(id, edit({ exclude: ['one'] }));
    const expected = await currentFile();
    const folder = join(await bench.userDir(), id);
    await mkdir(join(folder, '.staging-999999-dead'));
    await rm(join(folder, 'dataset.jsonl'));
    await writeFile(join(folder, 'dataset.jsonl'), 'that of version 1');
    await (await bench.service()).recover();
    expect([await staging(), await currentFile(), await numbers()]).toEqual([[], expected, ['2*', '1']]);
    expect((await service.get(id)).status).toBe('ready');
  });
});

describe('older versions', () => {
  it('can be used again, with all that belongs to them', async () => {
    const columns = async () => {
      const { revision: _, updated_at: __, current_version_id: ___, ...rest } = await service.get(id);
      return { ...rest, problems: await problems(), ids: await ids(), file: await currentFile() };
    };
    const first = await columns();
    await service.versions.edit(id, edit({ exclude: ['two'] }));
    const second = await columns();
    await service.versions.use(id, 1);
    expect(await columns()).toEqual(first);
    await service.versions.use(id, 2);
    expect(await columns()).toEqual(second);
    await expect(service.versions.use(id, 9)).rejects.toMatchObject({ code: 'not_found' });
    expect(bench.changes().at(-1)).toMatchObject({ total_training_pairs: second.total_training_pairs });
  });

  it('are compared by record, in both directions', async () => {
    await service.versions.edit(id, edit({ exclude: ['two'] }));
    expect(await service.versions.diff({ id, from: 1, to: 2 })).toMatchObject({
      from: 1,
      to: 2,
      removed: 1,
      unchanged: 2,
      records: [{ record_id: 'two', change: 'removed' }],
    });
    expect(await service.versions.diff({ id, from: 2, to: 1 })).toMatchObject({ added: 1, removed: 0 });
  });

  it('whose files are gone are said to be so', async () => {
    const first = await service.currentVersion(id);
    await service.versions.edit(id, edit({ exclude: ['two'] }));
    await rm(dirname(first?.path ?? ''), { recursive: true });
    const attempts = [() => service.versions.use(id, 1), () => service.versions.diff({ id, from: 1, to: 2 })];
    for (const attempt of attempts)
      await expect(attempt()).rejects.toMatchObject({ code: 'dataset_version_missing' });
    const current = await service.currentVersion(id);
    await rm(dirname(current?.path ?? ''), { recursive: true });
    for (const query of ['', 'one'])
      await expect(service.records({ id, offset: 0, limit: 1, query })).rejects.toMatchObject({
        code: 'dataset_version_missing',
      });
  });
});

describe('a line', () => {
  it('of which nothing is used is told with its place among the records', async () => {
    expect(await service.versions.rejectedLines(id)).toMatchObject({
      lines: [{ line: 3, place: 2, type: 'empty_value' }],
      truncated: false,
    });
  });

  it('may hold several elements of a list of which nothing is used', async () => {
    const wrong = { messages: [{ role: 'wizard', content: '' }] };
    const text = JSON.stringify([chat('q', 'a'), wrong, chat('r', 'b'), wrong]);
    const [outcome] = await service.import([await bench.file(text, 'one.json')]);
    const { lines } = await service.versions.rejectedLines(outcome?.dataset.id ?? '');
    expect(lines.map(({ line, path }) => [line, path])).toEqual([
      [1, '/1/messages/0/role'],
      [1, '/3/messages/0/role'],
    ]);
  });

  it('is found by its number, among the records and among the problems', async () => {
    const found = await service.records({ id, offset: 0, limit: 5, query: '4' });
    expect(found).toMatchObject({ total: 1, records: [{ record: { id: 'four' } }] });
    const problemsOf = { id, offset: 0, limit: 5, type: null, severity: null, query: '3' };
    expect(await service.problems(problemsOf)).toMatchObject({ total: 1, problems: [{ line: 3 }] });
  });
});
