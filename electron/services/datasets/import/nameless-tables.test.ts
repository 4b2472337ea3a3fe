import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { textWith } from './matchers';
import { previewFile } from './preview-file';
import { dialogue, kinds } from './testing';

const bench = useBench();
const table = (text: string, more = {}) => bench().import(text, { name: 'data.csv', ...more });

const NAMELESS = [
  ['sentences', 'Why?,Because.\nHow?,So.\n', 'user=#0', 'assistant=#1'],
  [
    'long texts',
    '"Why is it so? Tell me.","It is.\nReally."\n"How, then?","So. It is."\n',
    'user=#0',
    'assistant=#1',
  ],
  [
    'questions with one word for an answer',
    'What is the capital of France?\tParis\nWhat is that of Italy?\tRome\nAnd of Spain?\tMadrid\n',
    'user=#0',
    'assistant=#1',
  ],
  [
    'numbers before them',
    '1;hello there;hi\n2;good morning;morning\n3;bye;see you\n',
    'user=#1',
    'assistant=#2',
  ],
] as const;

describe('Q12 a table whose first row is a record', () => {
  it.each(NAMELESS)('is known by %s, and says how to read it', async (...[, text, user, assistant]) => {
    const { report } = await table(text);
    expect(kinds(report.problems)).toEqual(['1 unknown_shape error']);
    expect(report.problems[0]).toMatchObject({
      error: textWith('first row of the table is read as a record'),
      suggestion: textWith(`--table header=no --map ${user} --map ${assistant}`),
    });
    expect(report.mapping).toMatchObject({ columns: textWithin('#0'), table: { header: false } });
  });

  it('loses no row when that is done, with or without the word for the header', async () => {
    const [, text] = NAMELESS[0];
    const mapping = { user: '#0', assistant: '#1' };
    for (const more of [{ mapping }, { mapping, table: { header: false } }])
      expect((await table(text, more)).records.map(dialogue)).toEqual([
        ['user: Why?', 'assistant*: Because.'],
        ['user: How?', 'assistant*: So.'],
      ]);
  });

  it('opens the mapping of the window with the first row as a record', async () => {
    const preview = await previewFile(bench().request(await bench().write(NAMELESS[0][1], 'qa.csv')));
    expect(preview.columns).toEqual(['#0', '#1']);
    expect(preview.rows).toEqual([
      { '#0': 'Why?', '#1': 'Because.' },
      { '#0': 'How?', '#1': 'So.' },
    ]);
    expect(preview.table).toMatchObject({ header: false });
  });

  it('has names where a person uses them, or says so', async () => {
    const text = 'Why?,Because.\nHow?,So.\n';
    const named = await table(text, { mapping: { user: 'Why?', assistant: 'Because.' } });
    expect(named.records.map(dialogue)).toEqual([['user: How?', 'assistant*: So.']]);
    const told = await table(text, { table: { header: true } });
    expect(told.report.mapping?.columns).toEqual(['Why?', 'Because.']);
  });

  it.each([
    ['names over texts', 'wish,reply\nWhy?,Because.\nHow?,So.\n', ['wish', 'reply']],
    ['names that are numbers', '0,1\nWhy?,Because.\nHow?,So.\n', ['0', '1']],
    [
      'questions over short answers',
      'What is your name?,How old are you?\nBob,12\nAnn,13\n',
      ['What is your name?', 'How old are you?'],
    ],
    ['short words, which may be either', 'up,down\nleft,right\n', ['up', 'down']],
  ])('is not taken for one with %s', async (_, text, columns) => {
    const { report } = await table(text);
    expect(report.mapping).toMatchObject({ columns, table: { header: true } });
    expect(report.problems[0]?.suggestion).toContain('If its first row is a record, add --table header=no');
  });

  it('is not looked for where names are known, nor in a text', async () => {
    const known = await table('prompt,completion,2,3\nup,down,2,3\nleft,right,4,5\n');
    expect(known.report).toMatchObject({ usable_records: 2 });
    const prose = await table('I came. Then, I saw.\nI won. Then, I left.\n', { name: 'notes.txt' });
    expect(prose.report).toMatchObject({ shape: 'I' });
  });
});

function textWithin(column: string): unknown {
  return expect.arrayContaining([column]);
}
