import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CliBench } from '../testing';
import { A_TEXT, textWith } from './matchers';

const record = (question: string, answer: string): string =>
  JSON.stringify({
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ],
  });

const LINES = [
  record(' One? ', '1'),
  'no JSON',
  ...['Three?', 'Four?', 'Five?', 'Six?'].map((question) => record(question, 'yes')),
];

let bench: CliBench;
beforeAll(async () => {
  bench = await CliBench.create();
  await bench.run('datasets', 'import', await bench.file('data.jsonl', LINES.join('\n')));
});
afterAll(() => bench.remove());

const answer = async (...words: string[]) => {
  const { code, err, documents } = await bench.run('datasets', ...words, '--json');
  return { code, err, document: documents()[0] };
};
const Versions = z.array(z.object({ number: z.number(), is_current: z.boolean() }));
const current = async (): Promise<number[]> => {
  const versions = Versions.parse((await answer('versions', 'data')).document);
  return versions.filter(({ is_current }) => is_current).map(({ number }) => number);
};

describe('datasets renew', () => {
  it('shows what a newer file would change, makes a version of it, and tells its file', async () => {
    await bench.run('datasets', 'import', await bench.file('old.jsonl', LINES.join('\n')));
    const newer = await bench.file('newer.jsonl', [...LINES, record('Seven?', 'yes')].join('\n'));
    const looked = await answer('renew', 'old', newer, '--dry-run');
    expect([looked.code, looked.document]).toMatchObject([0, { from: 1, to: null, added: 1, removed: 0 }]);
    const told = await bench.run('datasets', 'renew', 'old', newer);
    expect([told.code, told.out]).toEqual([0, 'Version 2 of “old” is current: 6 records.\n']);
    expect((await bench.run('datasets', 'versions', 'old')).out).toMatch(/2\s+yes\s+newer\.jsonl/u);
    const same = await bench.run('datasets', 'renew', 'old', newer);
    expect([same.code, same.err]).toEqual([4, textWith('gives the same records')]);
    expect((await bench.run('datasets', 'renew', 'old', `${newer}.gone`)).code).not.toBe(0);
  });

  it('reads it as it is told to', async () => {
    const table = await bench.file('table.csv', 'frage,antwort\na,1\n');
    const refused = await bench.run('datasets', 'renew', 'old', table, '--dry-run');
    expect(refused.code).toBe(1);
    const mapped = ['--map', 'user=frage', 'assistant=antwort'];
    expect((await answer('renew', 'old', table, '--dry-run', ...mapped)).document).toMatchObject({
      changed: 1,
      removed: 5,
    });
  });
});

it('datasets renew says which exclusions are carried over, looked at or made, and that fixes are not', async () => {
  await bench.run('datasets', 'import', await bench.file('edited.jsonl', LINES.join('\n')));
  await answer('exclude', 'edited', '--lines', '3,4');
  await answer('fix', 'edited', '--fix', 'trim');
  const newer = await bench.file('edited-newer.jsonl', [record('Seven?', 'yes'), ...LINES].join('\n'));
  const kept = {
    not_carried_over: { version: 3, fixes: ['trim'] },
    exclusions: { kept: 2, changed: 0, gone: 0 },
  };
  expect((await answer('renew', 'edited', newer, '--dry-run')).document).toMatchObject(kept);
  for (const more of [['--dry-run'], []]) {
    const { err } = await bench.run('datasets', 'renew', 'edited', newer, ...more);
    expect(err).toContain('2 excluded records say the same and stay out.');
    expect(err).toContain('Not carried over to the newer file: the fixes trim of version 3.');
  }
  expect((await answer('include', 'edited', '--lines', '4')).code).toBe(0);
  const again = await bench.file('edited-again.jsonl', [record('Eight?', 'yes'), ...LINES].join('\n'));
  const { document } = await answer('renew', 'edited', again);
  expect(document).toMatchObject({ exclusions: { kept: 1 } });
  expect(document).not.toHaveProperty('not_carried_over');
});

describe('datasets exclude and include', () => {
  it('show what would change, and keep nothing, with --dry-run', async () => {
    const { code, document } = await answer('exclude', 'data', '--lines', '3,5-6', '--dry-run');
    expect(code).toBe(0);
    expect(document).toMatchObject({
      from: 1,
      to: null,
      removed: 3,
      unchanged: 2,
      records: [{ source_line: 3, change: 'removed', before: {}, after: null }, {}, {}],
    });
    const told = await bench.run('datasets', 'exclude', 'data', '--lines', '3', '--dry-run');
    expect(told.out).toContain('Version 1 → this edit: 0 changed, 1 removed, 0 added, 4 as they were.');
    expect(told.out).toContain('- user: "Three?"');
    expect(told.err).toContain('Nothing was kept');
    expect(await current()).toEqual([1]);
  });

  it('answer the dataset, and people one line', async () => {
    const { code, err, document } = await answer('exclude', 'data', '--lines', '3,5-6');
    expect([code, err]).toEqual([0, '']);
    expect(document).toMatchObject({
      name: 'data',
      report: { usable_records: 2, excluded_records: 3, rejected_records: 1 },
    });
    const path = String(Reflect.get(Object(document), 'storage_path'));
    expect((await bench.run('datasets', 'problems', 'data')).err).toContain('3 excluded records');
    expect((await readFile(path, 'utf8')).trimEnd().split('\n')).toHaveLength(2);
    const told = await bench.run('datasets', 'include', 'data', '--lines', '5');
    expect(told).toMatchObject({ code: 0, err: '' });
    expect(told.out).toContain('Version 3 of “data” is current: 3 records.');
  });

  it('name records of one line by their number or their id', async () => {
    const texts = JSON.stringify(['a', 'b', 'c'].map((text) => ({ id: text, text })));
    await bench.run('datasets', 'import', await bench.file('one.json', texts));
    expect((await answer('exclude', 'one', '--records', '2', '--dry-run')).document).toMatchObject({
      records: [{ record_id: 'b', change: 'removed' }],
    });
    expect((await answer('exclude', 'one', '--ids', 'a', 'c')).document).toMatchObject({
      report: { usable_records: 1, excluded_records: 2 },
    });
    expect((await answer('include', 'one', '--ids', 'c')).document).toMatchObject({
      report: { usable_records: 2, excluded_records: 1 },
    });
    expect((await answer('exclude', 'one', '--records', '9')).code).toBe(3);
    expect((await answer('exclude', 'one', '--ids', 'nobody')).code).not.toBe(0);
    expect((await answer('exclude', 'one', '--ids', 'b', '--lines', '1')).code).toBe(2);
  });

  it('taken back altogether, are the first version again', async () => {
    expect((await answer('include', 'data', '--lines', '3,6')).code).toBe(0);
    expect(await current()).toEqual([1]);
    expect((await answer('versions', 'data')).document).toMatchObject([
      { number: 3, excluded: 2 },
      { number: 2, excluded: 3 },
      { number: 1, excluded: 0, is_current: true },
    ]);
  });

  it.each([
    [['exclude', '--lines', '1-3'], 'Line 2'],
    [['exclude', '--lines', '99'], 'Line 99'],
    [['include', '--lines', '1'], 'Line 1'],
    [['exclude', '--lines', '1,3-6'], 'No usable record'],
  ])('refuse %j with 4 and say why', async ([name = '', ...words], said) => {
    const { code, document } = await answer(name, 'data', ...words);
    expect(code).toBe(4);
    expect(document).toMatchObject({ error: { message: textWith(said), hint: A_TEXT } });
    expect(await current()).toEqual([1]);
  });

  it.each([[['exclude']], [['exclude', '--lines', 'x']], [['include', '--lines', '5-4']]])(
    'refuse %j with 2',
    async ([name = '', ...words]) => {
      const { code, err, out } = await bench.run('datasets', name, 'data', ...words);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain('--lines');
    },
  );
});

describe('datasets fix', () => {
  it('shows any page of what would change, and asks for one only where nothing is made', async () => {
    const words = ['fix', 'data', '--fix', 'merge_system', '--dry-run'];
    const { document } = await answer(...words, '--offset', '3', '--limit', '1');
    expect(document).toMatchObject({ changed: 5, records: [{ source_line: 5 }] });
    const told = await bench.run('datasets', ...words, '--limit', '2');
    expect(told.err).toContain('… and 3 more. Add --offset 2 to go on');
    expect((await answer(...words, '--change', 'removed')).document).toMatchObject({ records: [] });
    for (const page of [
      ['--offset', '3'],
      ['--limit', '1'],
      ['--change', 'removed'],
    ]) {
      const { code, err } = await bench.run('datasets', 'fix', 'data', '--fix', 'trim', ...page);
      expect([code, err]).toEqual([2, textWith('--dry-run')]);
    }
    expect((await bench.run('datasets', 'exclude', 'data', '--lines', '3', '--offset', '1')).code).toBe(2);
  });

  it('shows and applies fixes', async () => {
    const words = ['fix', 'data', '--fix', 'trim,merge_system'];
    expect((await answer(...words, '--dry-run')).document).toMatchObject({
      changed: 5,
      records: [
        { after: { messages: [{ role: 'user', content: 'Be brief.\n\nOne?' }, {}] } },
        {},
        {},
        {},
        {},
      ],
    });
    const told = await bench.run('datasets', ...words);
    expect(told.out).toContain('Version 4 of “data” is current: 5 records.');
    expect((await answer('versions', 'data')).document).toMatchObject([
      { number: 4, fixes: ['merge_system', 'trim'] },
      {},
      {},
      {},
    ]);
    expect((await answer(...words)).code).toBe(4);
  });

  it.each(['', 'polish', 'truncate_history', 'truncate_history=0'])('refuses “%s” with 2', async (fixes) => {
    const { code, err } = await bench.run('datasets', 'fix', 'data', '--fix', fixes);
    expect(code).toBe(2);
    expect(err).toContain('--fix');
  });
});

describe('datasets versions, diff and use', () => {
  it('compare any two, by record', async () => {
    expect((await answer('diff', 'data', '1', '2')).document).toMatchObject({ from: 1, to: 2, removed: 3 });
    expect((await answer('diff', 'data', '2', '1')).document).toMatchObject({ added: 3, removed: 0 });
    const told = await bench.run('datasets', 'diff', 'data', '1', '4');
    expect(told.out).toContain('+ user: "Be brief.\\n\\nThree?"');
    const page = await bench.run('datasets', 'diff', 'data', '1', '2', '--offset', '1', '--limit', '1');
    expect(page.out).toMatch(/line 5, .*: removed/);
    expect(page.out).not.toMatch(/line [36],/);
    expect(page.err).toContain('and 1 more. Add --offset 2 to go on');
    expect((await answer('diff', 'data', '1', '2', '--change', 'added')).document).toMatchObject({
      removed: 3,
      records: [],
    });
    expect((await bench.run('datasets', 'diff', 'data', '1', '2', '--limit', '201')).code).toBe(2);
    expect((await bench.run('datasets', 'versions', 'data')).out).toMatch(
      /^VERSION +CURRENT +FILE +RECORDS/u,
    );
  });

  it('make another one current', async () => {
    expect((await answer('use', 'data', '2')).document).toMatchObject({ report: { excluded_records: 3 } });
    expect(await current()).toEqual([2]);
    expect((await bench.run('datasets', 'use', 'data', '1')).out).toContain(
      'Version 1 of “data” is current.',
    );
  });

  it.each([
    [['use', 'data', '9'], 3],
    [['diff', 'data', '1', '9'], 3],
    [['use', 'data', 'x'], 2],
    [['diff', 'data', '0', '1'], 2],
    [['versions', 'nothing'], 3],
  ])('answer %j with %i', async (words, expected) => {
    expect((await answer(...words)).code).toBe(expected);
  });

  it('leave a run with the version that it was made of', async () => {
    const usedNumber = async () => {
      const world = await bench.world();
      const [job] = await world.repositories.jobs.list();
      const [used] = await world.repositories.jobs.datasets(job?.id ?? '');
      const versions = await world.repositories.datasetVersions.list(job?.dataset_id ?? '');
      await world.close();
      return versions.find(({ id }) => id === used?.dataset_version_id)?.number;
    };
    await bench.run('train', '--dataset', 'data', '--base-model', 'tiny', '--queue');
    expect(await usedNumber()).toBe(1);
    await bench.run('datasets', 'exclude', 'data', '--lines', '4');
    expect(await usedNumber()).toBe(1);
    expect(await current()).toEqual([5]);
  });
});
