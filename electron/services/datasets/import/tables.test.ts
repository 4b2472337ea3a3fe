import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { textWith } from './matchers';
import { dialogue, kinds, spoken } from './testing';

const bench = useBench();
const table = (text: string, more = {}) => bench().import(text, { name: 'data.bin', ...more });

it.each([
  ['a quote that is never closed', 'question,answer\n"why,because\nhow,so\n'],
  ['two columns of one name', 'question,answer,question\nwhy,because,so\n'],
])('says of a table that is none what one would be: %s', async (_, text) => {
  const { report } = await table(text);
  expect(kinds(report.problems)).toEqual(['1 unknown_shape error']);
  expect(report.problems[0]?.error).toMatch(
    /nor a table whose first row names its columns|is opened and never closed/u,
  );
  expect(report.problems[0]?.suggestion).toContain('--table');
});

function wide(columns: number, rows: number): string {
  const names = [
    'question',
    'answer',
    ...Array.from({ length: columns - 2 }, (_, index) => `c${String(index)}`),
  ];
  const row = names.map(() => 'x').join();
  return [names.join(), ...Array.from({ length: rows }, () => row)].join('\n');
}

it('reads a table of as many columns as are allowed', async () => {
  const { report } = await bench().import(wide(4096, 3), { name: 'wide.csv' });
  expect(report).toMatchObject({ shape: 'J', usable_records: 3 });
});

it.each([
  ['a few rows', 4097, 3],
  ['many', 100_002, 150],
])(
  'says of a table of more columns, with %s, how many are read and what to do',
  async (...[, columns, rows]) => {
    const { report } = await bench().import(wide(columns, rows), { name: 'wide.csv' });
    expect(kinds(report.problems)).toEqual(['1 unsupported_content error']);
    expect(report.problems[0]).toMatchObject({
      error: `The table has ${columns.toLocaleString('en')} columns; at most 4,096 are read.`,
      suggestion: textWith('Keep only the columns that you need'),
    });
    expect(await bench().leftovers()).toEqual([]);
  },
);

describe('Q12 delimited tables', () => {
  it.each([
    ['commas', 'instruction,output\na,b\nc,d\n'],
    ['tabs', 'instruction\toutput\na\tb\nc\td\n'],
    ['semicolons', 'instruction;output\na;b\nc;d'],
    ['CRLF and a BOM', '\ufeffinstruction,output\r\na,b\r\n\r\nc,d\r\n'],
    ['an index column', ',instruction,output\n0,a,b\n1,c,d\n'],
    ['other cases', 'Instruction, Output \na,b\nc,d\n'],
  ])('reads a table with %s and keeps the letter J', async (_, text) => {
    const { report, records } = await table(text);
    expect(report).toMatchObject({ shape: 'J', format: 'table', kind: 'sft', usable_records: 2 });
    expect(records.map(dialogue)).toEqual([
      ['user: a', 'assistant*: b'],
      ['user: c', 'assistant*: d'],
    ]);
  });

  it('keeps line breaks, quotes and delimiters inside cells, and gives the line where a row begins', async () => {
    const { records } = await table('question,answer\n"a\nb, ""c""",x\n\n5" disk,y\n');
    expect(records.map(({ source_line, messages }) => [source_line, messages[0]?.content])).toEqual([
      [2, 'a\nb, "c"'],
      [5, '5" disk'],
    ]);
  });

  it('names rows with another number of cells, empty cells and bytes that are no UTF-8', async () => {
    const text = Buffer.concat([
      Buffer.from('question,answer\na,b\nc,d,e\nf\ng,\n'),
      Buffer.from([0x68, 0xff, 0x2c, 0x69, 0x0a]),
      Buffer.from('k,l\nm,n\n'),
    ]);
    const { problems, report } = await bench().import(text, { name: 'a.csv' });
    expect(kinds(problems)).toEqual([
      '3 missing_field error',
      '4 missing_field error',
      '5 empty_value error',
      '6 encoding_error error',
    ]);
    expect(problems.map(({ path }) => path)).toEqual(['/1', '/2', '/3/answer', '/4']);
    expect(report).toMatchObject({ usable_records: 3, rejected_records: 4 });
  });

  it('keeps what stands before a quote that is never closed', async () => {
    const { report, problems } = await table('question,answer\na,b\n"c,d\ne,f\n');
    expect(report.usable_records).toBe(1);
    expect(kinds(problems)).toEqual(['3 unreadable error']);
  });

  it('follows --table: without header, another delimiter, no quotes', async () => {
    const { report, records } = await table('a~"b\nc~d\n', {
      table: { header: false, delimiter: '~', quote: null },
      mapping: { user: '#0', assistant: '#1' },
    });
    expect(report).toMatchObject({ shape: 'J', usable_records: 2 });
    expect(report.mapping).toMatchObject({
      columns: ['#0', '#1'],
      table: { header: false, delimiter: '~', quote: null },
    });
    expect(dialogue(records[0])).toEqual(['user: a', 'assistant*: "b']);
  });

  it.each([
    ['sep=;\ninstruction;output\na, b;c\nd, e;f\n', ';'],
    ['"sep=|"\r\ninstruction|output\r\na, b|c\r\nd, e|f\r\n', '|'],
    ['\ufeffSEP=~\ninstruction~output\na, b~c\nd, e~f\n', '~'],
    ['sep=\t\ninstruction\toutput\na, b\tc\nd, e\tf\n', '\t'],
  ])('takes the delimiter from the first line, as Excel writes it: %j', async (text, delimiter) => {
    const { report, records } = await table(text);
    expect(report).toMatchObject({ shape: 'J', records_total: 2, usable_records: 2 });
    expect(report.mapping?.columns).toEqual(['instruction', 'output']);
    expect(report.mapping?.table).toEqual({ header: true, delimiter, quote: '"' });
    expect(report.reason).toContain('Its first line, “sep=');
    expect(records.map(({ source_line }) => source_line)).toEqual([3, 4]);
    expect(dialogue(records[0])).toEqual(['user: a, b', 'assistant*: c']);
  });

  it('leaves that line out also where another delimiter is told, or no header', async () => {
    const { records } = await table('sep=;\na,b\nc,d\n', {
      table: { header: false, delimiter: ',' },
      mapping: { user: '#0', assistant: '#1' },
    });
    expect(records.map(dialogue)).toEqual([
      ['user: a', 'assistant*: b'],
      ['user: c', 'assistant*: d'],
    ]);
  });

  it.each([
    ['days', '2024-05-02,2024-05-01'],
    ['times of a database', '2024-05-01 12:00:01+00,2024-05-01 12:00:00.5+00'],
    ['the finest times', '2024-05-01T12:00:00.000000002,2024-05-01T12:00:00.000000001'],
    ['numbers beyond floats', '1152921504606846978,1152921504606846977'],
    ['numbers below zero', '-1,-2'],
  ])('puts them in the order of %s', async (_, orders) => {
    const [late, early] = orders.split(',');
    const rows = `conversation_id,at,role,content\nc,${late ?? ''},assistant,b\nc,${early ?? ''},user,a\n`;
    const mapping = { conversation: 'conversation_id', order: 'at', role: 'role', content: 'content' };
    const { records, report } = await table(rows, { mapping });
    expect(records.map(({ messages }) => spoken(messages))).toEqual([['user: a', 'assistant*: b']]);
    expect(report.reason).not.toContain('stay in the order');
  });

  it('says where a column gives no order', async () => {
    const rows = 'conversation_id,at,role,content\nc,1 May,user,a\nc,2 May,assistant,b\nd,,user,x\n';
    const mapping = { conversation: 'conversation_id', order: 'at', role: 'role', content: 'content' };
    const { records, report } = await table(rows, { mapping });
    expect(records.map(({ messages }) => spoken(messages))).toEqual([['user: a', 'assistant*: b']]);
    expect(report.reason).toContain('“at” holds neither numbers nor times');
  });

  it('puts one turn a row together, in the order that a column gives', async () => {
    const { report, records } = await table(
      'conversation_id,turn,role,content\nc1,2,assistant,b\nc2,1,user,x\nc1,1,user,a\nc2,2,assistant,y\n',
    );
    expect(report).toMatchObject({
      shape: 'J',
      format: 'table',
      kind: 'sft',
      conversations: 2,
      records_total: 2,
    });
    expect(records.map(dialogue)).toEqual([
      ['user: a', 'assistant*: b'],
      ['user: x', 'assistant*: y'],
    ]);
    expect(report.reason).toContain('conversation_id');
  });

  it('reads JSON lists in cells, preferences and labels', async () => {
    const chat = await table(
      'id,messages\nx,"[{""role"":""user"",""content"":""a""},{""role"":""assistant"",""content"":""b""}]"\n',
    );
    expect(dialogue(chat.records[0])).toEqual(['user: a', 'assistant*: b']);
    const pairs = await table('prompt,chosen,rejected\nq,good,bad\n');
    expect(pairs.report).toMatchObject({ shape: 'J', kind: 'preference' });
    expect(spoken(pairs.records[0]?.chosen)).toEqual(['assistant*: good']);
    const labels = await table('prompt,completion,label\nq,good,True\nq,bad,False\n');
    expect(labels.report).toMatchObject({ shape: 'J', kind: 'kto' });
    expect(labels.records.map(({ label }) => label)).toEqual([true, false]);
  });

  it.each([
    ['one line', 'x'.repeat(400_000)],
    ['many lines', `x${'\ny'.repeat(300_000)}`],
  ])('takes a table for one whose first row of data is long: %s', async (_, cell) => {
    const { records } = await table(`question;answer\nWhy?;"${cell}"\nHow?;So.\n`);
    expect(records.map(({ messages }) => messages[1]?.content.length)).toEqual([cell.length, 3]);
  });

  it('takes a column of texts for plain text', async () => {
    const { report, records } = await table('text\n"one\ntwo"\nthree\n');
    expect(report).toMatchObject({ shape: 'J', kind: 'text', usable_records: 2 });
    expect(records.map(({ text }) => text)).toEqual(['one\ntwo', 'three']);
  });

  it('names columns called __proto__ without harm', async () => {
    const { report } = await table('__proto__,constructor\na,b\nc,d\n');
    expect(report.problems[0]).toMatchObject({ type: 'unknown_shape', error: textWith('__proto__') });
  });
});

describe('Q5 a mapping', () => {
  const text = 'Frage,Antwort,Note\nwarum,darum,1\nwie,so,2\n';

  it('is proposed with sample rows where the columns say nothing', async () => {
    const { report } = await table(text);
    expect(report).toMatchObject({ shape: 'J', usable_records: 0, problems_total: 1 });
    expect(report.problems[0]).toMatchObject({
      type: 'unknown_shape',
      suggestion: textWith('--map user=Frage --map assistant=Antwort'),
    });
    expect(report.mapping).toMatchObject({
      columns: ['Frage', 'Antwort', 'Note'],
      roles: { user: 'Frage', assistant: 'Antwort' },
      rows: [{ Frage: 'warum', Antwort: 'darum', Note: '1' }, { Frage: 'wie' }],
    });
  });

  it.each([
    ['by number where there is no header', '"Why?",Because.\n', false, '--map user=#0 --map assistant=#1'],
    ['as the shell takes them', 'a$k,the so\nWhy?,So.\n', true, '"user=a\\$k" --map "assistant=the so"'],
    ['also where there is only one', 'anfrage\nWhy?\n', true, '--map text=anfrage'],
  ])('is shown with the names that were found, %s', async (...[, content, header, suggestion]) => {
    const { report } = await table(content, { table: { header } });
    expect(report.problems[0]).toMatchObject({ type: 'unknown_shape', suggestion: textWith(suggestion) });
  });

  it('is followed, and faults name the file’s own columns', async () => {
    const { records, problems } = await table(`${text}nichts,,3\n`, {
      mapping: { user: 'Frage', assistant: 'Antwort' },
    });
    expect(dialogue(records[0])).toEqual(['user: warum', 'assistant*: darum']);
    expect(problems).toMatchObject([{ line: 4, path: '/2/Antwort', error: textWith('“Antwort”') }]);
  });

  it('serves flat JSON objects too', async () => {
    const flat = '{"x": "q", "y": "a", "z": "s"}\n{"x": "r", "y": "b"}';
    const refused = await bench().import(flat);
    expect(refused.report.mapping).toMatchObject({ columns: ['x', 'y', 'z'], roles: {} });
    const mapped = await bench().import(flat, { mapping: { user: 'x', assistant: 'y', system: 'z' } });
    expect(mapped.records.map(dialogue)).toEqual([
      ['system: s', 'user: q', 'assistant*: a'],
      ['user: r', 'assistant*: b'],
    ]);
    const pairs = await bench().import(flat, { mapping: { user: 'z', chosen: 'x', rejected: 'y' } });
    expect(pairs.report.kind).toBe('preference');
  });
});

it('names the role that a mapping lacks, and repeats no command that was given', async () => {
  const { report } = await bench().import('colA,colB\nx,y\n', { name: 'odd.csv', mapping: { user: 'colA' } });
  expect(report.usable_records).toBe(0);
  expect(report.problems[0]?.suggestion).toBe(
    'The role assistant is missing: add it, as in --map user=colA --map assistant=colB.',
  );
});

it('proposes no list for a role', async () => {
  const line = '{"conversation": [{"input": "q"}], "source": "web", "topic": "sea"}\n';
  const { report } = await bench().import(line.repeat(2));
  expect(report.problems[0]?.suggestion).toContain('--map user=source --map assistant=topic');
});
