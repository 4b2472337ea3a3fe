import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetService } from './dataset-service';
import { benchWith, edit } from './edit-testing';
import { chat, jsonl } from './import/testing';
import type { ServiceBench } from './service-bench';

let bench: ServiceBench;
let service: DatasetService;
let id = '';

const turn = (name: string, answer = name) => chat(` ${name}? `, answer);
const named = (name: string, answer?: string) => ({ id: name, ...turn(name, answer) });

beforeEach(async () => {
  ({ bench, service, id } = await benchWith(jsonl(named('a'), named('b'), named('c'), named('d'))));
});
afterEach(() => bench.remove());

const exclude = (...ids: string[]) => service.versions.edit(id, edit({ exclude: ids }));
const file = async (...records: object[]) =>
  edit({ file: { path: await bench.file(jsonl(...records), 'newer.jsonl') } });
const ids = async () => (await service.versions.recordIds({ id, query: '', problem: null })).ids;
const excluded = async () => (await service.versions.excluded(id, { offset: 0, limit: 10 })).records;
const imported = async (...records: object[]) => {
  const [outcome] = await service.import([await bench.file(jsonl(...records), 'nameless.jsonl')]);
  id = outcome?.dataset.id ?? '';
};

describe('records that were left out, in a newer file', () => {
  it('stay out while they say the same, and come in again where they have changed', async () => {
    await exclude('a', 'b', 'c');
    const newer = await file(named('d'), named('new'), named('b', 'better'), named('a'));
    const exclusions = {
      kept: 1,
      changed: 1,
      gone: 1,
      records: [{ record_id: 'b', source_line: 3 }],
    };
    expect(await service.versions.preview(id, newer)).toMatchObject({
      ...{ exclusions, added: 2, removed: 0, unchanged: 1 },
    });
    const renewed = await service.versions.renew(id, newer);
    expect(renewed).toMatchObject({ exclusions, dataset: { report: { excluded_records: 1 } } });
    expect(await ids()).toEqual(['d', 'new', 'b']);
    expect(await service.versions.list(id)).toMatchObject([{ number: 3, excluded: 1, records: 3 }, {}, {}]);
  });

  it('are known by what they say where they have no ids of their own, once for each that was left out', async () => {
    await imported(turn('a'), turn('twice'), turn('b'), turn('twice'));
    await exclude('record-1', 'record-4');
    await service.versions.edit(
      id,
      await file(turn('new'), turn('twice'), turn('a'), turn('b'), turn('twice')),
    );
    expect(await excluded()).toMatchObject([{ messages: [{ content: ' a? ' }, {}] }, { source_line: 5 }]);
    expect(await ids()).toEqual(['record-1', 'record-2', 'record-4']);
  });

  it('stay out in every copy where every copy was left out, and only so many where others are used', async () => {
    await imported(turn('spam'), turn('twice'), turn('b'), turn('twice'));
    await exclude('record-1', 'record-4');
    const newer = await file(
      turn('spam'),
      turn('twice'),
      turn('spam'),
      turn('twice'),
      turn('b'),
      turn('twice'),
    );
    const renewed = await service.versions.renew(id, newer);
    expect(renewed.exclusions).toEqual({ kept: 3, changed: 0, gone: 0, records: [] });
    expect(await ids()).toEqual(['record-2', 'record-5', 'record-6']);
  });

  it('are known by what they say where the file has given them other ids', async () => {
    await exclude('a', 'c');
    const other = (name: string, id: string, answer = name) => ({ id, ...turn(name, answer) });
    const newer = await file(other('new', 'a'), other('a', 'b'), other('b', 'c'), other('c', 'd', 'other'));
    const renewed = await service.versions.renew(id, newer);
    expect(renewed.exclusions).toEqual({
      kept: 1,
      changed: 1,
      gone: 0,
      records: [{ record_id: 'c', source_line: 3 }],
    });
    expect(await ids()).toEqual(['a', 'c', 'd']);
  });

  it('are known whatever was fixed of the file before', async () => {
    await service.versions.edit(id, edit({ exclude: ['a'], fixes: ['trim'] }));
    await service.versions.edit(id, await file(named('a'), named('d')));
    expect(await ids()).toEqual(['d']);
    expect(await service.versions.list(id)).toMatchObject([{ excluded: 1, fixes: [] }, {}, {}]);
  });

  it('are shown, found by their lines, and can be taken in again', async () => {
    await exclude('a', 'c');
    await service.versions.edit(id, await file(named('new'), named('a'), named('c')));
    expect(await excluded()).toMatchObject([
      { id: 'a', source_line: 2 },
      { id: 'c', source_line: 3 },
    ]);
    const include = await service.versions.idsAtLines(id, [2], 'excluded');
    await service.versions.edit(id, edit({ include }));
    expect(await ids()).toEqual(['new', 'a']);
    expect(await excluded()).toMatchObject([{ id: 'c' }]);
  });

  it('make the same version when it is made again from its file by its recipe', async () => {
    await exclude('a');
    await service.versions.edit(id, await file(named('a'), named('x'), named('y')));
    const [renewed] = await service.versions.list(id);
    await service.versions.edit(id, edit({ include: ['a'] }));
    await exclude('a');
    const current = (await service.versions.list(id)).filter(({ is_current }) => is_current);
    expect(current).toMatchObject([{ number: renewed?.number, sha256: renewed?.sha256 }]);
  });

  it('stay out through any number of newer files', async () => {
    await exclude('a');
    await service.versions.edit(id, await file(named('a'), named('x')));
    await service.versions.edit(id, await file(named('y'), named('a')));
    expect(await ids()).toEqual(['y']);
    expect(await excluded()).toMatchObject([{ id: 'a', source_line: 2 }]);
  });

  it('are told as gone where the original of the version before is missing', async () => {
    await exclude('a');
    const [version] = await service.versions.list(id);
    await rm(`${await bench.userDir()}/${id}/versions/${version?.sha256 ?? ''}/source`);
    expect(await service.versions.renew(id, await file(named('a'), named('x')))).toMatchObject({
      exclusions: { kept: 0, changed: 0, gone: 1, records: [] },
    });
  });

  it('and the page after shows the same of them', async () => {
    await exclude('a');
    const many = Array.from({ length: 250 }, (_, n) => named(`n${String(n)}`));
    const newer = await file(named('a'), ...many);
    for (const offset of [0, 200])
      expect(await service.versions.preview(id, newer, { offset, limit: 200, change: null })).toMatchObject({
        exclusions: { kept: 1, changed: 0, gone: 0 },
        added: 250,
      });
  });
});
