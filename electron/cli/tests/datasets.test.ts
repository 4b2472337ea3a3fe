import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliBench } from '../testing';
import { A_NUMBER, A_TEXT, listWith, textWith } from './matchers';

const line = (question: string, answer: string): string =>
  JSON.stringify({
    messages: [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ],
  });
const GOOD = `${line('One?', '=1+1')}\n${line('Two?', 'Two.')}\n`;

let bench: CliBench;
beforeAll(async () => {
  bench = await CliBench.create();
});
afterAll(() => bench.remove());

/** A dataset of its own for each test; its id. */
const importAs = async (name: string, text = GOOD): Promise<string> => {
  const [made] = (
    await bench.run('datasets', 'import', await bench.file(`${name}.jsonl`, text), '--json')
  ).documents();
  return String(Reflect.get(Object(Reflect.get(Object(made), 'dataset')), 'id'));
};

describe('datasets import', () => {
  it('answers {dataset, report} with absolute paths', async () => {
    const file = await bench.file('good.jsonl', GOOD);
    const { code, err, documents } = await bench.run('datasets', 'import', file, '--json');
    expect([code, err, documents().length]).toEqual([0, '', 1]);
    const [answer] = documents();
    expect(answer).toMatchObject({
      dataset: { name: 'good', status: 'ready' },
      report: { shape: 'D', records_total: 2, usable_records: 2 },
    });
    expect(answer).not.toHaveProperty('error');
    const path: unknown = Reflect.get(Object(Reflect.get(Object(answer), 'dataset')), 'storage_path');
    expect(existsSync(String(path))).toBe(true);
  });

  it('keeps a file without usable records, its problems and the error, and ends with 1', async () => {
    const file = await bench.file('bad.jsonl', '{"x":1}\nnot json\n');
    const { code, documents } = await bench.run('datasets', 'import', file, '--json');
    expect(code).toBe(1);
    expect(documents()).toMatchObject([
      {
        dataset: { name: 'bad', status: 'error' },
        report: { usable_records: 0 },
        error: { code: 'no_usable_records', message: A_TEXT, hint: A_TEXT },
      },
    ]);
    const problems = await bench.run('datasets', 'problems', 'bad', '--json');
    expect(problems.documents()).toEqual([listWith({ severity: 'error', line: A_NUMBER })]);
  });

  it('answers several files as {imports}, and people with one line and its figures each', async () => {
    const files = [await bench.file('a.jsonl', GOOD), await bench.file('b.jsonl', GOOD)];
    const several = await bench.run('datasets', 'import', ...files, '--json');
    expect(several.documents()).toMatchObject([{ imports: [{ dataset: { name: 'a' } }, { report: {} }] }]);
    const told = await bench.run('datasets', 'import', files[0] ?? '', '--name', 'told');
    expect(told).toMatchObject({ code: 0, err: '' });
    expect(told.out).toContain('2 of 2 records can be used');
  });

  it('says without being asked how many records repeat another, and how that was found', async () => {
    const file = await bench.file('twice.jsonl', `${GOOD}${GOOD}`);
    const { code, out } = await bench.run('datasets', 'import', file);
    expect(code).toBe(0);
    expect(out).toContain('2 records repeat an earlier one word for word. Found while reading');
    const [answer] = (await bench.run('datasets', 'import', file, '--json')).documents();
    expect(answer).toMatchObject({ report: { duplicates_exact: 2, problems_total: 0 } });
    const id = String(Reflect.get(Object(Reflect.get(Object(answer), 'dataset')), 'id'));
    expect((await bench.run('datasets', 'show', id)).out).toContain(`exclude ${id.slice(0, 8)} --repeated`);
    const without = await bench.run('datasets', 'exclude', id, '--repeated', '--json');
    expect(without.documents()).toMatchObject([
      { report: { usable_records: 2, duplicates_exact: 0, excluded_records: 2 } },
    ]);
    expect((await bench.run('datasets', 'exclude', id, '--repeated')).code).toBe(4);
    expect((await bench.run('datasets', 'exclude', id, '--repeated', '--lines', '1')).code).toBe(2);
  });

  it('reads a file as files like it were read last time when asked to, and only then', async () => {
    const text = 'anfrage,auskunft\nWhy?,Because.\n';
    const [first, second] = [
      await bench.file('one.csv', text),
      await bench.file('two.csv', `${text}How?,So.\n`),
    ];
    const unasked = await bench.run('datasets', 'import', second, '--as-before', '--json');
    expect(unasked.documents()).toMatchObject([{ error: { code: 'reading_not_remembered' } }]);
    const words = ['--map', 'user=anfrage', 'assistant=auskunft', '--system-prompt', 'Be kind.'];
    expect((await bench.run('datasets', 'import', first, ...words)).code).toBe(0);
    expect((await bench.run('datasets', 'import', second, '--json')).code).toBe(1);
    const again = await bench.run('datasets', 'import', second, '--as-before', '--json');
    expect(again.documents()).toMatchObject([{ report: { usable_records: 2 } }]);
    const told = await bench.run('datasets', 'import', second, '--as-before');
    expect(told.err).toContain('read as last time');
  });

  it('lays what is said now over what was said last time', async () => {
    const columns = await bench.file('over.csv', 'vorfrage,nachsatz\nWhy?,Because.\n');
    const words = ['--map', 'user=vorfrage', 'assistant=nachsatz', '--system-prompt', 'Old.'];
    expect((await bench.run('datasets', 'import', columns, ...words)).code).toBe(0);
    const imported = async (...more: string[]): Promise<string> => {
      const { documents } = await bench.run('datasets', 'import', columns, '--as-before', ...more, '--json');
      const dataset: unknown = Reflect.get(Object(documents()[0]), 'dataset');
      return readFile(String(Reflect.get(Object(dataset), 'storage_path')), 'utf8');
    };
    expect(await imported('--system-prompt', 'New.')).toMatch(/New\..*Why\?.*Because\./);
    expect(await imported()).not.toMatch(/Old\.|New\./);
    expect(await imported('--map', 'user=nachsatz', 'assistant=vorfrage')).toMatch(/Because\..*Why\?/);
  });

  it('takes names of speakers for roles, and refuses other words', async () => {
    const turns = [
      { role: 'kunde', content: 'q' },
      { role: 'berater', content: 'a' },
    ];
    const file = await bench.file('speakers.jsonl', JSON.stringify({ turns }));
    const roles = ['--role', 'kunde=user', 'berater=assistant'];
    const { documents } = await bench.run('datasets', 'import', file, ...roles, '--json');
    expect(documents()).toMatchObject([{ report: { usable_records: 1 } }]);
    expect((await bench.run('datasets', 'import', file, '--role', 'kunde=boss')).code).toBe(2);
  });

  it.each([
    ['a folder', tmpdir(), 'This is a folder, not a file.'],
    ['a device', '/dev/zero', 'This is a device or a pipe, not a file.'],
  ])('says of %s what it is, as the window does', async (_, path, error) => {
    const ended = await bench.run('datasets', 'import', path, '--json');
    expect(ended.code).toBe(1);
    expect(ended.documents()).toMatchObject([{ report: { problems: [{ type: 'unreadable', error }] } }]);
  });

  it('imports nothing where a file is missing, and says which', async () => {
    const file = await bench.file('there.jsonl', GOOD);
    const { code, documents } = await bench.run('datasets', 'import', file, '/nowhere/x.jsonl', '--json');
    expect(code).toBe(3);
    expect(documents()).toMatchObject([
      { error: { code: 'not_found', message: 'There is no file /nowhere/x.jsonl.' } },
    ]);
    expect((await bench.run('datasets', 'show', 'there')).code).toBe(3);
  });

  it.each([
    [['a.jsonl', 'b.jsonl', '--name', 'both'], '--name'],
    [['a.jsonl', '--encoding', 'klingon'], '--encoding'],
    [[], 'files'],
  ])('refuses %j with 2', async (words, named) => {
    const files = await Promise.all(
      words.map(async (word) => (word.endsWith('.jsonl') ? bench.file(word, GOOD) : word)),
    );
    const { code, err, out } = await bench.run('datasets', 'import', ...files);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(named);
  });

  it('stopped by Ctrl-C, ends with 130 and leaves nothing', async () => {
    const file = await bench.file('long.jsonl', GOOD.repeat(20_000));
    const running = bench.begin('datasets', 'import', file, '--json');
    const world = await bench.world();
    const rows = async () => (await world.repositories.datasets.list()).map(({ name }) => name);
    await expect.poll(rows, { interval: 2, timeout: 20_000 }).toContain('long');
    running.stop('interrupt');
    const { code, documents } = await running.ended;
    expect(await rows()).not.toContain('long');
    expect([code, documents()]).toMatchObject([130, [{ error: { code: 'stopped' } }]]);
    await world.close();
  });
});

describe('datasets', () => {
  it('list and show answer rows, and people a table', async () => {
    await importAs('listed');
    await importAs('unusable', '{"x":1}\nnot json\n');
    const listed = (await bench.run('datasets', 'list', '--json')).documents()[0];
    expect(listed).toEqual(listWith({ name: 'listed' }));
    expect((await bench.run('datasets', 'list')).out).toMatch(/^ID +NAME +STATUS .*TOKENS +PROBLEMS/u);
    const { out } = await bench.run('datasets', 'show', 'listed');
    expect(out).toMatch(/ready for training +yes/);
    expect(out).toMatch(/advice +2 records are few.* pipeline datasets renew \S+ FILE/);
    expect((await bench.run('datasets', 'show', 'unusable')).out).toMatch(
      /blocks a run +None of its 2 records/,
    );
    const unusable = await bench.run('datasets', 'show', 'unusable');
    expect(unusable.out).toMatch(/format +not recognised\n/);
    expect((await bench.run('datasets', 'list')).out).toMatch(/unusable +error +not recognised /);
    expect(listed).toEqual(listWith({ name: 'unusable', format: null }));
    expect((await bench.run('datasets', 'show', 'nothing', '--json')).documents()).toEqual([
      { error: { code: 'not_found', message: A_TEXT, hint: textWith('`pipeline datasets list`') } },
    ]);
  });

  it('view shows what the model will see, trained tokens marked', async () => {
    await importAs('viewed');
    const words = ['datasets', 'view', 'viewed', '--record', '2', '--base-model', 'tiny'];
    expect((await bench.run(...words, '--json')).documents()).toMatchObject([
      { messages: [{}], text: 'Hi!', tokens: [{ id: 1 }, { id: 2, text: '!', trained: true }] },
    ]);
    expect((await bench.run(...words)).out).toContain('Hi⟦!⟧');
    expect((await bench.run(...words.with(4, '3'))).code).toBe(3);
    expect((await bench.run(...words.with(4, '0'))).code).toBe(2);
    expect((await bench.run('datasets', 'view', 'viewed')).err).toContain('--base-model is missing');
  });

  it('view cuts where a new run would, else where it is told to', async () => {
    const world = await bench.world();
    const [tiny] = await world.repositories.baseModels.list();
    if (!tiny) throw new Error('no base model');
    const { id: _id, user_id: _user, created_at: _created, revision: _revision, ...model } = tiny;
    const roomy = { name: 'roomy', path: join(bench.dir, 'roomy'), max_position_embeddings: 4096 };
    await world.repositories.baseModels.upsert({ ...model, ...roomy });
    await world.close();
    const view = ['datasets', 'view', await importAs('cut'), '--base-model', 'roomy', '--json'];
    expect((await bench.run(...view)).documents()).toMatchObject([{ max_length: 512 }]);
    const shorter = await bench.run(...view, '--max-length', '64');
    expect(shorter.documents()).toMatchObject([{ max_length: 64 }]);
  });

  it('problems go into a CSV that a spreadsheet never runs', async () => {
    const file = await bench.file('=evil.jsonl', '{"=cmd()":1}\n');
    await bench.run('datasets', 'import', file, '--name', 'evil');
    const to = join(bench.dir, 'problems.csv');
    expect((await bench.run('datasets', 'problems', 'evil', '--csv', to, '--json')).documents()).toEqual([
      { path: to, rows: 1 },
    ]);
    expect(await readFile(to, 'utf8')).toMatch(
      /^\ufeff?line,path,record_id,type,severity,error,suggestion\r\n1,/u,
    );
    const nowhere = await bench.run('datasets', 'problems', 'evil', '--csv', '/nowhere/x.csv');
    expect([nowhere.code, nowhere.out]).toEqual([1, '']);
    expect(nowhere.err).toContain('/nowhere/x.csv could not be written');
  });

  it('says of a list of problems that it has not all of them', async () => {
    await importAs('many', `${GOOD}${'{"messages":[]}\n'.repeat(100_001)}`);
    const { err, documents } = await bench.run('datasets', 'problems', 'many', '--json');
    expect(documents()).toMatchObject([{ length: 100_000 }]);
    expect(err).toContain('Only the first 100,000 of 100,001 problems are kept');
  });

  it('delete, restore and purge', async () => {
    const id = await importAs('thrown away');
    expect((await bench.run('datasets', 'delete', id, '--json')).documents()).toEqual([
      { id, deleted: true, used_by: [] },
    ]);
    const away = await bench.run('datasets', 'show', id);
    expect([away.code, away.err]).toEqual([3, textWith('“thrown away” is in the bin.')]);
    expect(away.err).toContain(`\`pipeline datasets restore ${id}\``);
    const binned = (await bench.run('datasets', 'list', '--deleted', '--json')).documents();
    expect(binned).toEqual([listWith({ id, name: 'thrown away' })]);
    expect((await bench.run('datasets', 'restore', id, '--json')).documents()).toMatchObject([
      { id, name: 'thrown away' },
    ]);
    expect((await bench.run('datasets', 'restore', id)).code).toBe(3);
    await bench.run('datasets', 'delete', id);
    expect((await bench.run('datasets', 'purge', id, '--json')).documents()).toEqual([
      { purged: [id], kept: [] },
    ]);
    expect((await bench.run('datasets', 'restore', id)).code).toBe(3);
  });

  it('purge keeps what a run was made of', async () => {
    const [used, unused] = [await importAs('used'), await importAs('unused')];
    await bench.run('train', '--dataset', used, '--base-model', 'tiny', '--queue');
    expect((await bench.run('datasets', 'delete', used)).out).toContain('Used by “used');
    await bench.run('datasets', 'delete', unused);
    expect((await bench.run('datasets', 'purge', used)).code).toBe(4);
    expect((await bench.run('datasets', 'purge', '--json')).documents()).toEqual([
      { purged: [unused], kept: [{ id: used, reason: textWith('used') }] },
    ]);
  });
});
