import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { textWith } from './matchers';
import { chat, dialogue, jsonl, kinds } from './testing';

const bench = useBench();
const records = [chat('one', 'eins'), chat('two', 'zwei'), chat('three', 'drei')];
const expected = records.map(({ messages }) => messages.map(({ content }) => content));
const contents = (imported: {
  readonly records: readonly { readonly messages: readonly { readonly content: string }[] }[];
}) => imported.records.map(({ messages }) => messages.map(({ content }) => content));

describe('Q2 containers', () => {
  it.each([
    ['JSONL', jsonl(...records)],
    ['a JSON list', JSON.stringify(records)],
    ['an indented JSON list', JSON.stringify(records, null, 2)],
    ['an object with one list', JSON.stringify({ name: 'x', tags: ['a'], data: records })],
    ['an indented object with one list', JSON.stringify({ rows: records, n: 3 }, null, 2)],
    ['a list with another key', JSON.stringify({ 'any/thing': records })],
  ])('reads %s', async (_, text) => {
    expect(contents(await bench().import(text, { name: 'misleading.csv' }))).toEqual(expected);
  });

  it.each([JSON.stringify(records[0]), JSON.stringify(records[0], null, 2)])(
    'reads one bare object',
    async (text) => {
      expect(contents(await bench().import(text))).toEqual(expected.slice(0, 1));
    },
  );

  it('gives the line where an element begins, and its path', async () => {
    const text = JSON.stringify(
      {
        data: [
          records[0],
          {
            messages: [
              { role: 'user', content: 'x' },
              { role: 'assistant', content: '' },
            ],
          },
        ],
      },
      null,
      2,
    );
    const imported = await bench().import(text);
    expect(imported.problems).toEqual([
      expect.objectContaining({ line: 15, path: '/data/1/messages/1/content', type: 'empty_value' }),
    ]);
  });

  it('lets a valid document win over lines', async () => {
    const { report } = await bench().import(
      `{"data": [\n${records.map((record) => JSON.stringify(record)).join(',\n')}\n]}`,
    );
    expect(report.usable_records).toBe(3);
  });

  it('reads lines when half of them are objects, though the first is not', async () => {
    const { report, problems } = await bench().import(`{"messages": [\n${jsonl(...records)}`);
    expect(report).toMatchObject({ usable_records: 3, rejected_records: 1 });
    expect(kinds(problems)).toEqual(['1 malformed_json error']);
  });

  it('takes the most frequent shape for the file and names records of another', async () => {
    const alpaca = { id: 'x', instruction: 'a', output: 'b' };
    const many = Array.from({ length: 700 }, () => alpaca);
    const { report } = await bench().import(jsonl(...Array.from({ length: 600 }, () => records[0]), ...many));
    expect(report).toMatchObject({ shape: 'F', usable_records: 700, rejected_records: 600 });
    expect(report.problems[0]).toMatchObject({ line: 1, type: 'missing_field' });
  });
});

describe('Q3 a document with a syntax fault', () => {
  const text = JSON.stringify(records, null, 1).replace('"zwei"', '"zwei');

  it('is one malformed_json with line, column and text, and offers what can be read', async () => {
    const broken = `[\n${jsonl(records[0])},\n{"messages": nope},\n${jsonl(records[2])}]`;
    const { report, problems } = await bench().import(`${broken}\n`);
    expect(report.usable_records).toBe(0);
    expect(kinds(problems)).toEqual(
      ['3 malformed_json error', '3 salvageable info'].map((kind) => kind.replace('3 salv', '1 salv')),
    );
    expect(problems[0]?.error).toContain('line 3, column 14');
    expect(problems[0]?.error).toContain('nope');
    expect(problems[1]?.error).toContain('2 of its records');
  });

  it('takes what can be read only when asked', async () => {
    const broken = `[${jsonl(records[0])},\n{"messages": nope},${jsonl(records[2])}]`;
    const { report, records: taken } = await bench().import(broken, { salvage: true });
    expect(report.problems.map(({ suggestion }) => suggestion ?? '').join(' ')).not.toContain('--salvage');
    expect(taken.map((record) => dialogue(record)[0])).toEqual(['user: one', 'user: three']);
    expect(report).toMatchObject({ usable_records: 2, rejected_records: 1, problems_total: 1 });
  });

  it.each([
    ['a missing comma', `[${jsonl(records[0])}\n${jsonl(records[1])}]`],
    ['a comma too many', `[${jsonl(records[0])},]`],
    ['a missing end', `[${jsonl(records[0])},`],
    ['text after the end', `[${jsonl(records[0])}]\nhello`],
    ['an unfinished text', text],
    ['a closing bracket of the other kind', `[${jsonl(records[0])}}`],
  ])('is named: %s', async (_, broken) => {
    const { report } = await bench().import(broken);
    expect(report.usable_records).toBe(0);
    expect(report.problems[0]?.type).toBe('malformed_json');
  });
});

it('names a ZIP archive in one sentence', async () => {
  const { report } = await bench().import(Buffer.from([0x50, 0x4b, 0x03, 0x04, 0, 0]));
  expect(report).toMatchObject({ usable_records: 0, problems_total: 1 });
  expect(report.problems[0]).toMatchObject({ type: 'unsupported_content', error: textWith('ZIP') });
});

describe('Q4 precedence', () => {
  it.each([
    [{ prompt: 'a', chosen: 'b', rejected: 'c' }, 'preference'],
    [{ instruction: 'a', output: 'b', rejected: 'c' }, 'preference'],
    [{ messages: chat('a', 'b').messages, rejected_messages: [] }, 'preference'],
    [{ messages: chat('a', 'b').messages, label: false }, 'kto'],
    [{ instruction: 'a', output: 'b', label: true }, 'kto'],
    [{ prompt: 'a', completion: 'b', label: false }, 'kto'],
  ])('takes a record with a wanted or an unwanted answer for a comparison: %j', async (record, kind) => {
    const { report, records: read } = await bench().import(jsonl(record, record));
    expect(report).toMatchObject({ shape: 'H', kind, records_total: 2 });
    expect(read.flatMap(({ messages }) => messages)).toEqual([]);
  });

  it('never trains on a preference record among others', async () => {
    const { report } = await bench().import(
      jsonl(
        { instruction: 'a', output: 'b' },
        { instruction: 'a', output: 'b', rejected: 'c' },
        { instruction: 'c', output: 'd' },
      ),
    );
    expect(report).toMatchObject({ shape: 'F', usable_records: 2, rejected_records: 1 });
    expect(report.problems[0]).toMatchObject({ line: 2, type: 'missing_field' });
  });

  it('does not take an integer label for a preference', async () => {
    expect((await bench().import(jsonl({ instruction: 'a', output: 'b', label: 1 }))).report.shape).toBe('F');
  });

  it('takes output before response', async () => {
    const { records: read } = await bench().import(
      jsonl(
        { instruction: 'a', output: 'out', response: 'resp' },
        { instruction: 'a', output: '', response: 'resp' },
      ),
    );
    expect(read.map((record) => dialogue(record)[1])).toEqual(['assistant*: out', 'assistant*: resp']);
  });

  it('knows form A before anything else', async () => {
    expect(
      (
        await bench().import(
          jsonl({ current_user_input: 'a', target_response: 'b', conversation_history: [], label: true }),
        )
      ).report.shape,
    ).toBe('A');
  });
});

describe('Q5 unknown shape', () => {
  it('is one problem for the file with the names found', async () => {
    const { report } = await bench().import(jsonl({ foo: 1, bar: 2 }, { foo: 1 }, { baz: 1 }));
    expect(report).toMatchObject({ shape: null, records_total: 3, usable_records: 0, problems_total: 1 });
    expect(report.problems[0]).toMatchObject({
      type: 'unknown_shape',
      error: textWith('"foo", "bar"'),
    });
  });

  it.each(['[]', '{"data": []}', '[1, 2]', '"text"', 'hello', ' \n \n', '{}'])(
    'never takes %j for records',
    async (text) => {
      const { report } = await bench().import(text);
      expect(report).toMatchObject({ usable_records: 0, problems_total: 1 });
    },
  );
});
