import { rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetEdit, EditFile } from '../../../src/lib/types/dataset-versions';
import type { DatasetService } from './dataset-service';
import { benchWith, THREE_RECORDS } from './edit-testing';
import { importFile } from './import/import-file';
import { chat, jsonl } from './import/testing';
import type { ServiceBench } from './service-bench';

let bench: ServiceBench;
let service: DatasetService;
let id = '';

beforeEach(async () => {
  ({ bench, service, id } = await benchWith(THREE_RECORDS, 'first.jsonl'));
});
afterEach(() => bench.remove());

const NEWER = jsonl(
  { id: 'one', ...chat('one?', '1') },
  { id: 'two', ...chat('two?', 'better') },
  { id: 'four', ...chat('four?', '4') },
  { id: 'five', ...chat(' five? ', '5') },
);

const from = (file: EditFile, more: Partial<DatasetEdit> = {}): DatasetEdit => ({
  exclude: [],
  include: [],
  fixes: [],
  ...more,
  file,
});
const newer = async (name = 'second.jsonl') => ({ path: await bench.file(NEWER, name) });
const ids = async () => (await service.versions.recordIds({ id, query: '', problem: null })).ids;

describe('a newer file', () => {
  it('becomes the next version; the older one stays as it is and can be used again', async () => {
    const before = await service.get(id);
    const edited = await service.versions.edit(id, from(await newer()));
    expect(edited).toMatchObject({
      name: before.name,
      file_name: 'second.jsonl',
      file_size: Buffer.byteLength(NEWER),
      report: { usable_records: 4 },
    });
    expect(await service.versions.diff({ id, from: 1, to: 2 })).toMatchObject({
      ...{ added: 2, removed: 1, changed: 1, unchanged: 1 },
    });
    const again = await service.versions.use(id, 1);
    expect(again).toMatchObject({
      file_name: 'first.jsonl',
      file_size: before.file_size,
      report: { usable_records: 3 },
    });
  });

  it('is shown before it is taken, and nothing is kept of it then', async () => {
    const files = await bench.files();
    const file = await newer();
    const diff = await service.versions.preview(id, from(file));
    expect(diff).toMatchObject({ from: 1, to: null, added: 2, removed: 1, changed: 1 });
    await writeFile(file.path, jsonl({ id: 'one', ...chat('one?', '1') }));
    expect(await service.versions.preview(id, from(file))).toMatchObject({ added: 0, removed: 2 });
    expect(await bench.files()).toEqual(files);
    expect(await service.versions.list(id)).toHaveLength(1);
  });

  it('is kept, so that later edits read it and not the user’s file', async () => {
    const file = await newer();
    await service.versions.edit(id, from(file));
    await rm(file.path);
    await service.versions.edit(id, { exclude: ['two'], include: [], fixes: ['trim'] });
    expect(await ids()).toEqual(['one', 'four', 'five']);
    expect(await service.record(id, 2)).toMatchObject({ messages: [{ content: 'five?' }, {}] });
    expect(await service.versions.list(id)).toMatchObject([
      { number: 3, records: 3, excluded: 1, fixes: ['trim'], file_name: 'second.jsonl' },
      { number: 2, records: 4, excluded: 0, fixes: [], file_name: 'second.jsonl' },
      { number: 1, records: 3, file_name: 'first.jsonl' },
    ]);
  });

  it('is read as the one before, or as it is said', async () => {
    const table = (rows: string) => `frage,antwort\n${rows}\n`;
    const mapping = { user: 'frage', assistant: 'antwort' };
    const path = await bench.file(table('a,1\nb,2'), 'table.csv');
    const [outcome] = await service.import([path], { mapping });
    id = outcome?.dataset.id ?? '';
    const more = await bench.file(table('a,1\nb,2\nc,3'), 'more.csv');
    expect(await service.versions.edit(id, from({ path: more }))).toMatchObject({
      report: { usable_records: 3 },
    });
    const other = await bench.file('q,a\nx,1\n', 'other.csv');
    const reading = { mapping: { user: 'q', assistant: 'a' } };
    expect(await service.versions.edit(id, from({ path: other, reading }))).toMatchObject({
      report: { usable_records: 1 },
    });
  });

  it('that gives the same records, none, or cannot be read is refused with the reason', async () => {
    const before = await service.get(id);
    const refused = (path: string) => expect(service.versions.edit(id, from({ path }))).rejects;
    const first = jsonl(
      { id: 'one', ...chat('one?', '1') },
      { id: 'two', ...chat('two?', '2') },
      { id: 'three', ...chat('three?', '3') },
    );
    await refused(await bench.file(first, 'same.jsonl')).toMatchObject({ code: 'dataset_unchanged' });
    await refused(await bench.file('{"messages": []}\n', 'none.jsonl')).toMatchObject({
      code: 'no_usable_records',
    });
    await refused(`${bench.dir}/gone.jsonl`).toThrow(/not there|no file|exist/i);
    await refused(bench.dir).toThrow(/folder/i);
    expect(await service.get(id)).toEqual(before);
    expect(await service.versions.list(id)).toHaveLength(1);
  });

  it('keeps what was said of the file before, but for what is said anew', async () => {
    const path = await bench.file('anfrage,auskunft\na,1\n', 'table.csv');
    const [outcome] = await service.import([path], { mapping: { user: 'anfrage', assistant: 'auskunft' } });
    id = outcome?.dataset.id ?? '';
    const more = await bench.file('anfrage,auskunft\na,1\nb,2\n', 'more.csv');
    await service.versions.edit(id, from({ path: more, reading: { system_prompt: 'Be brief.' } }));
    expect(await service.record(id, 1)).toMatchObject({
      messages: [{ role: 'system', content: 'Be brief.' }, { content: 'b' }, { content: '2' }],
    });
  });

  it('that has changed since its difference was shown is refused', async () => {
    const file = await newer();
    const { file_sha256: sha256 } = await service.versions.preview(id, from(file));
    await writeFile(file.path, jsonl({ id: 'other', ...chat('other?', 'o') }));
    await expect(service.versions.edit(id, from({ ...file, sha256 }))).rejects.toMatchObject({
      code: 'dataset_source_changed',
    });
    expect(await service.versions.list(id)).toHaveLength(1);
    await newer();
    await service.versions.edit(id, from({ ...file, sha256 }));
    expect(await service.versions.list(id)).toHaveLength(2);
    expect(
      (await bench.files()).filter((name) => /versions.dataset|versions.*dataset\.jsonl$/.test(name)),
    ).toHaveLength(2);
  });

  it('that gives the records of an older version names it, and is not taken', async () => {
    await service.versions.edit(id, { exclude: ['three'], include: [], fixes: [] });
    await service.versions.use(id, 1);
    const shorter = jsonl({ id: 'one', ...chat('one?', '1') }, { id: 'two', ...chat('two?', '2') });
    const path = await bench.file(shorter, 'shorter.jsonl');
    await expect(service.versions.edit(id, from({ path }))).rejects.toMatchObject({
      code: 'dataset_unchanged',
      hint: 'Use version 2 again; it leaves out 1 record by hand.',
    });
    expect(await service.get(id)).toMatchObject({ file_name: 'first.jsonl', report: { usable_records: 3 } });
    expect((await service.versions.use(id, 2)).report).toMatchObject({ excluded_records: 1 });
  });

  it('whose records become those of another file by an edit names that version, and stays as it is', async () => {
    const first = await service.versions.edit(id, { exclude: ['three'], include: [], fixes: [] });
    const longer = jsonl(
      { id: 'one', ...chat('one?', '1') },
      { id: 'two', ...chat('two?', '2') },
      { id: 'four', ...chat('four?', '4') },
    );
    await service.versions.edit(id, from({ path: await bench.file(longer, 'longer.jsonl') }));
    const before = await service.get(id);
    const edit = { exclude: ['four'], include: [], fixes: [] };
    await expect(service.versions.edit(id, edit)).rejects.toMatchObject({
      code: 'dataset_unchanged',
      message: 'These are the records of version 2 of “first”, so no version was made.',
      hint: 'Use version 2 again; it leaves out 1 record by hand.',
    });
    expect(await service.get(id)).toEqual(before);
    expect((await service.versions.use(id, 2)).report).toEqual(first.report);
  });

  it('is the same version whatever the order in which records were left out', async () => {
    const leave = (...exclude: string[]) => service.versions.edit(id, { exclude, include: [], fixes: [] });
    await leave('one');
    await leave('two');
    await service.versions.use(id, 1);
    await leave('two');
    await leave('one');
    expect((await service.versions.list(id)).map(({ is_current }) => is_current)).toEqual([
      ...[false, true, false, false],
    ]);
  });

  it('has records of its own: what another file leaves out is not looked for among them', async () => {
    await service.versions.edit(id, { exclude: ['two'], include: [], fixes: [] });
    await service.versions.edit(id, from(await newer()));
    await service.versions.use(id, 2);
    const { records } = await service.versions.excluded(id, { offset: 0, limit: 10 });
    expect(records).toMatchObject([{ id: 'two', messages: [{}, { content: '2' }] }]);
    expect(await service.versions.idsAtLines(id, [2], 'excluded')).toEqual(['two']);
  });

  it('that came first refuses an edit of records that were chosen in the one before', async () => {
    const other = await bench.service();
    const path = (await newer()).path;
    let isFirst = true;
    const overtaken = await bench.service(async (request, onProgress, signal) => {
      const result = await importFile(request, onProgress, signal);
      if (isFirst) {
        isFirst = false;
        await other.versions.edit(id, from({ path }));
      }
      return result;
    });
    const edit = { exclude: ['two'], include: [], fixes: [] };
    await expect(overtaken.versions.edit(id, edit)).rejects.toMatchObject({
      code: 'dataset_edited_meanwhile',
    });
    expect(await service.versions.list(id)).toMatchObject([{ number: 2, excluded: 0 }, { number: 1 }]);
  });

  it('is read once for all pages of its difference, while it stays as it is', async () => {
    const many = (content: string) =>
      jsonl(
        ...Array.from({ length: 450 }, (_, n) => ({
          id: `r${String(n)}`,
          ...chat(`${String(n)}?`, content),
        })),
      );
    let readings = 0;
    const counted = await bench.service((request, onProgress, signal) => {
      readings += 1;
      return importFile(request, onProgress, signal);
    });
    const path = await bench.file(many('new'), 'many.jsonl');
    const page = (offset: number) => ({ offset, limit: 200, change: null });
    const { file_sha256 } = await counted.versions.preview(id, from({ path }), page(0));
    expect(await counted.versions.preview(id, from({ path }), page(200))).toMatchObject({ file_sha256 });
    expect(readings).toBe(1);
    await writeFile(path, many('newer still'));
    expect((await counted.versions.preview(id, from({ path }), page(200))).file_sha256).not.toBe(file_sha256);
    expect(readings).toBe(2);
    await counted.versions.stop();
  });

  it('is read in its own encoding, whatever the one before was in', async () => {
    const latin = Buffer.from(jsonl({ id: 'a', ...chat('Für wen?', 'Für dich.') }), 'latin1');
    const path = await bench.file(latin, 'latin.jsonl');
    const [outcome] = await service.import([path], { encoding: 'windows-1252' });
    id = outcome?.dataset.id ?? '';
    const utf8 = await bench.file(jsonl({ id: 'a', ...chat('Für wen?', 'Für Müller.') }), 'utf8.jsonl');
    await service.versions.edit(id, from({ path: utf8 }));
    expect(await service.record(id, 0)).toMatchObject({ messages: [{}, { content: 'Für Müller.' }] });
  });

  it('refuses an edit that waited for it, or that names the version it was chosen in', async () => {
    const file = await newer();
    const renewed = service.versions.edit(id, from(file));
    const edit = { exclude: ['two'], include: [], fixes: [] };
    const waiting = service.versions.edit(id, edit);
    await expect(waiting).rejects.toMatchObject({ code: 'dataset_edited_meanwhile' });
    await renewed;
    await expect(service.versions.edit(id, { ...edit, version: 1 })).rejects.toMatchObject({
      code: 'dataset_edited_meanwhile',
    });
    expect(await service.versions.edit(id, { ...edit, version: 2 })).toMatchObject({
      report: { usable_records: 3 },
    });
  });

  it('can be cancelled from the moment that it is asked for', async () => {
    const renewed = service.versions.edit(id, from(await newer()));
    expect(await service.versions.cancelEdit(id)).toBe(true);
    await expect(renewed).rejects.toMatchObject({ code: 'edit_cancelled' });
    expect(await service.versions.list(id)).toHaveLength(1);
  });
});
