import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changesIn } from '../../../src/lib/types/dataset-versions';
import type { SafeFix } from '../../../src/lib/types/dataset-versions';
import type { DatasetService } from './dataset-service';
import { benchWith, edit, FOUR_RECORDS, stagingFolders, versionNumbers } from './edit-testing';
import { importFile } from './import/import-file';
import { chat, jsonl } from './import/testing';
import type { ServiceBench } from './service-bench';
import type { ImportRunner } from './worker-import';

let bench: ServiceBench;
let service: DatasetService;
let id = '';

beforeEach(async () => {
  ({ bench, service, id } = await benchWith(FOUR_RECORDS));
});
afterEach(() => bench.remove());

const numbers = () => versionNumbers(service, id);
const staging = () => stagingFolders(bench, id);

describe('a preview', () => {
  it('says what an edit would do, and keeps nothing', async () => {
    const before = await bench.files();
    const diff = await service.versions.preview(id, edit({ exclude: ['two'], fixes: ['trim'] }));
    expect(diff).toMatchObject({
      from: 1,
      to: null,
      added: 0,
      removed: 1,
      changed: 1,
      unchanged: 1,
      records: [
        {
          record_id: 'one',
          change: 'changed',
          before: { id: 'one' },
          after: { messages: [{ content: 'one?' }, {}] },
        },
        { record_id: 'two', source_line: 2, change: 'removed', after: null },
      ],
    });
    expect([await bench.files(), await numbers(), await staging()]).toEqual([before, ['1*'], []]);
  });

  it('is paged through whatever its length, and reads the original once for all pages', async () => {
    let reads = 0;
    const counting: ImportRunner = (request, onProgress) => {
      reads += 1;
      return importFile(request, onProgress);
    };
    service = await bench.service(counting);
    const many = Array.from({ length: 450 }, (_, index) => chat(` ${String(index)}? `, 'x'));
    const [outcome] = await service.import([await bench.file(jsonl(...many), 'many.jsonl')]);
    id = outcome?.dataset.id ?? '';
    const page = async (offset: number, change: 'changed' | 'removed' | null = null) => {
      const wanted = edit({ fixes: ['trim'], exclude: ['record-3'] });
      return service.versions.preview(id, wanted, { offset, limit: 200, change });
    };
    reads = 0;
    const pages = [await page(0), await page(200), await page(400)];
    expect(pages.map(({ changed, removed }) => [changed, removed])).toEqual([
      [449, 1],
      [449, 1],
      [449, 1],
    ]);
    const lines = pages.flatMap(({ records }) => records.map(({ source_line }) => source_line));
    expect(lines).toEqual(Array.from({ length: 450 }, (_, index) => index + 1));
    expect((await page(0, 'removed')).records).toMatchObject([{ source_line: 3, after: null }]);
    expect([reads, (await staging()).length, await numbers()]).toEqual([1, 1, ['1*']]);
    await service.versions.preview(id, edit({ fixes: ['merge_system'] }));
    await page(200);
    expect([reads, (await staging()).length]).toEqual([2, 1]);
    await service.versions.edit(id, edit({ fixes: ['trim'] }));
    expect([(await page(200)).records, await staging()]).toEqual([[], []]);
  });

  it('counts what each fix would change as its preview does, in one reading of the original', async () => {
    let reads = 0;
    service = await bench.service((request, onProgress) => {
      reads += 1;
      return importFile(request, onProgress);
    });
    const turns = (...said: readonly [role: string, content: string][]) => ({
      messages: said.map(([role, content]) => ({ role, content })),
    });
    const long = Array.from({ length: 4 }, (_, at) => [
      ['user', `q${String(at)}`] as const,
      ['assistant', 'a'] as const,
    ]).flat();
    const content = jsonl(
      { id: 'away', ...chat(' away ', 'a') },
      chat(' spaced ', 'a'),
      turns(['user', 'twice'], ['user', ' twice '], ['assistant', 'a']),
      turns(['system', 'S'], ['user', 'q'], ['assistant', 'a']),
      turns(['user', 'q'], ['assistant', 'a'], ['user', 'r'], ['assistant', ' ']),
      turns(...long.map(([role, text]): [string, string] => [role, text])),
      { id: 'bad', messages: [] },
      chat('plain', 'a'),
    );
    const [outcome] = await service.import([await bench.file(content, 'each.jsonl')]);
    id = outcome?.dataset.id ?? '';
    await service.versions.edit(id, edit({ exclude: ['away'], fixes: [{ truncate_history: 6 }] }));
    const fixes: SafeFix[] = [
      'trim',
      'drop_repeated_user_turn',
      'merge_system',
      'cut_before_empty_answer',
      { truncate_history: 6 },
      { truncate_history: 2 },
    ];
    reads = 0;
    const counts = await service.versions.countFixes(id, fixes);
    expect([counts, reads, await staging()]).toEqual([[1, 1, 1, 1, 0, 1], 1, []]);
    const previews = [];
    for (const fix of fixes)
      previews.push(changesIn(await service.versions.preview(id, edit({ fixes: [fix] }))));
    expect(previews).toEqual(counts);
  });

  it('keeps what it read no longer than another is looked at, and not beyond the end', async () => {
    const many = Array.from({ length: 201 }, (_, index) => chat(` ${String(index)}? `, 'x'));
    const found = await service.import([
      await bench.file(jsonl(...many), 'a.jsonl'),
      await bench.file(jsonl(...many), 'b.jsonl'),
    ]);
    const kept = async () => {
      const folders = found.map(({ dataset }) => join(bench.bucketDir, dirname(dataset.storage_path)));
      const names = await Promise.all(folders.map((folder) => readdir(folder)));
      return names.map((all) => all.filter((name) => name.startsWith('.staging')).length);
    };
    for (const { dataset } of found) await service.versions.preview(dataset.id, edit({ fixes: ['trim'] }));
    await expect.poll(kept).toEqual([0, 1]);
    await service.stop();
    expect(await kept()).toEqual([0, 0]);
  });

  it('of nothing changes nothing, and of what would be refused says why', async () => {
    expect(await service.versions.preview(id, edit({}))).toMatchObject({ unchanged: 3, records: [] });
    await expect(service.versions.preview(id, edit({ exclude: ['x'] }))).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(
      service.versions.preview(id, edit({ exclude: ['one', 'two', 'four'] })),
    ).rejects.toMatchObject({ code: 'dataset_left_empty' });
  });
});
