import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliBench } from '../testing';
import { textWith } from './matchers';

const MAP = ['--map', 'user=anfrage', 'assistant=auskunft'];
const CHAT = JSON.stringify({
  messages: [
    { role: 'user', content: 'Where?' },
    { role: 'assistant', content: 'There.' },
  ],
});

let bench: CliBench;
beforeAll(async () => {
  bench = await CliBench.create();
});
afterAll(() => bench.remove());

const imported = async (files: readonly string[], ...words: string[]) => {
  const { code, documents } = await bench.run('datasets', 'import', ...files, ...words, '--json');
  return { code, document: documents()[0] };
};

const usable = (count: number, format: string) => ({
  report: { usable_records: count, format, problems_total: 0 },
});

describe('datasets import of several files with a mapping', () => {
  it('reads by it those that have its columns, in whatever order and beside others', async () => {
    const files = [
      await bench.file('one.csv', 'anfrage,auskunft\nWhy?,Because.\n'),
      await bench.file('two.csv', 'auskunft,thema,anfrage\nSo.,x,How?\nNo.,y,When?\n'),
      await bench.file('three.jsonl', '{"anfrage":"Who?","auskunft":"We."}\n'),
    ];
    const { code, document } = await imported(files, ...MAP);
    expect(code).toBe(0);
    expect(document).toMatchObject({
      imports: [usable(1, 'table'), usable(2, 'table'), usable(1, 'alpaca')],
    });
  });

  it('reads the others as they are recognised, and says so', async () => {
    const files = [
      await bench.file('mapped.csv', 'anfrage,auskunft\nWhy?,Because.\n'),
      await bench.file('chat.jsonl', `${CHAT}\n`),
      await bench.file('pairs.jsonl', '{"instruction":"Q","output":"A"}\n'),
    ];
    const { code, document } = await imported(files, ...MAP);
    expect(code).toBe(0);
    expect(document).toMatchObject({
      imports: [
        usable(1, 'table'),
        { ...usable(1, 'chat'), without_map: true },
        { ...usable(1, 'alpaca'), without_map: true },
      ],
    });
    const { err } = await bench.run('datasets', 'import', ...files, ...MAP);
    expect(err).toContain('chat.jsonl: read without --map: it has no “anfrage”');
    expect(err).not.toContain('mapped.csv: read without');
  });

  it('asks the records, not the names that are shown: one of a number, one that the first record lacks', async () => {
    const numbered = 'conv,index,anfrage,auskunft\n1,2,How?,So.\n1,1,Why?,Because.\n';
    const tables = [await bench.file('n1.csv', numbered), await bench.file('n2.csv', numbered)];
    const ordered = await imported(tables, ...MAP, 'conversation=conv', 'order=index');
    expect(ordered.code).toBe(0);
    const sparse = '{"thema":"x"}\n{"anfrage":"Why?","auskunft":"Because."}\n';
    const files = [
      await bench.file('sparse.jsonl', sparse),
      await bench.file('full.csv', 'anfrage,auskunft\na,b\n'),
    ];
    const { document } = await imported(files, ...MAP);
    expect(document).toMatchObject({ imports: [{ report: { usable_records: 1 } }, usable(1, 'table')] });
  });

  it('lays the layout of a table over tables only, and counts columns without a header', async () => {
    const files = [
      await bench.file('bare.tsv', 'Why?\tBecause.\nHow?\tSo.\n'),
      await bench.file('beside.jsonl', `${CHAT}\n`),
    ];
    const words = ['--table', 'header=no,delimiter=tab', '--map', 'user=#0', 'assistant=#1'];
    const { code, document } = await imported(files, ...words);
    expect(code).toBe(0);
    expect(document).toMatchObject({ imports: [usable(2, 'table'), usable(1, 'chat')] });
  });

  it('refuses a column that the table of one file has not, and names those that it has', async () => {
    const table = await bench.file('typo.csv', 'anfrage,auskunft,Thema/Topic\nWhy?,Because.,x\n');
    const { code, err } = await bench.run('datasets', 'import', table, ...MAP, 'system=Thema');
    expect(code).toBe(1);
    expect(err).toContain(
      'The table has no column “Thema”. Its columns are “anfrage”, “auskunft”, “Thema/Topic”.',
    );
  });

  it.each(['jsonl', 'json'])(
    'refuses a column that no record of a %s file has, as of a table',
    async (ending) => {
      const pair = { anfrage: 'Why?', auskunft: 'Because.' };
      const records = [pair, { ...pair, thema: 'x' }];
      const lines = records.map((each) => JSON.stringify(each));
      const text = ending === 'json' ? JSON.stringify(records) : `${lines.join('\n')}\n`;
      const file = await bench.file(`typo-${ending}.${ending}`, text);
      const told = [...MAP, 'system=Thema'];
      const refused = await bench.run('datasets', 'import', file, ...told, '--name', `typo ${ending}`);
      expect(refused.code).toBe(1);
      expect(refused.err).toContain(
        'The records have no column “Thema”. Their columns are “anfrage”, “auskunft”, “thema”.',
      );
      const { documents } = await bench.run('datasets', 'show', `typo ${ending}`, '--json');
      expect(documents()).toMatchObject([{ status: 'error', training_ready: false }]);
      expect((await imported([file], ...MAP, 'system=thema')).code).toBe(0);
    },
  );

  it('lets records lack a system text', async () => {
    const files = [
      await bench.file('with.csv', 'anfrage,auskunft,rahmen\nWhy?,Because.,Be brief.\n'),
      await bench.file('without.csv', 'anfrage,auskunft\nHow?,So.\n'),
    ];
    const { code, document } = await imported(files, ...MAP, 'system=rahmen');
    expect([code, document]).toMatchObject([0, { imports: [usable(1, 'table'), usable(1, 'table')] }]);
  });

  it('refuses a mapping that fits none, before anything is made', async () => {
    const files = [await bench.file('x.jsonl', `${CHAT}\n`), await bench.file('y.csv', 'a,b\n1,2\n')];
    const before = (await bench.run('datasets', 'list', '--json')).documents()[0];
    const { code, document } = await imported(files, ...MAP);
    expect(code).toBe(2);
    expect(document).toMatchObject({ error: { message: textWith('“anfrage”, “auskunft”') } });
    expect((await bench.run('datasets', 'list', '--json')).documents()[0]).toEqual(before);
  });
});
