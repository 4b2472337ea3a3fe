import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { textWith } from './matchers';
import { dialogue, jsonl, kinds } from './testing';

const bench = useBench();
const turn = (role: string, content: unknown, more: object = {}) => ({ role, content, ...more });
const good = { messages: [turn('user', 'q'), turn('assistant', 'a')] };
const call = (args: unknown) => ({
  id: 'call_1',
  type: 'function',
  function: { name: 'weather', arguments: args },
});
const ask = turn('user', 'Rain?');

async function one(...messages: readonly object[]) {
  const imported = await bench().import(jsonl({ id: 'r', messages }));
  return { ...imported, record: imported.records[0], first: imported.problems[0] };
}

describe('form D', () => {
  it('trains every assistant turn', async () => {
    const { record } = await one(
      turn('system', 's'),
      turn('user', 'a'),
      turn('assistant', 'b'),
      turn('user', 'c'),
      turn('assistant', 'd'),
    );
    expect(dialogue(record)).toEqual(['system: s', 'user: a', 'assistant*: b', 'user: c', 'assistant*: d']);
  });

  it('Q5 maps the names of roles, trimmed and in lower case', async () => {
    const { record } = await one(
      turn(' Developer ', 's'),
      turn('HUMAN', 'a'),
      turn('GPT', 'b'),
      turn('human', 'c'),
      turn('bard', 'd'),
    );
    expect(record?.messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'user',
      'assistant',
    ]);
  });

  it('keeps weight 0 out of training', async () => {
    const { record } = await one(
      ask,
      turn('assistant', 'bad', { weight: 0 }),
      ask,
      turn('assistant', 'good'),
    );
    expect(dialogue(record)).toEqual(['user: Rain?', 'assistant: bad', 'user: Rain?', 'assistant*: good']);
  });

  it.each([
    [[turn('assistant', 'a'), turn('user', 'q')], 'role_order', '/messages/0/role'],
    [[ask, turn('assistant', 'a'), turn('assistant', 'b')], 'role_order', '/messages/2/role'],
    [[ask, ask, turn('assistant', 'b')], 'role_order', '/messages/1/role'],
    [[ask, turn('narrator', 'x'), turn('assistant', 'b')], 'role_order', '/messages/1/role'],
    [[turn('user', ''), turn('assistant', 'b')], 'empty_value', '/messages/0/content'],
    [[ask, turn('assistant', null)], 'empty_value', '/messages/1/content'],
    [[ask, turn('assistant', { a: 1 })], 'invalid_type', '/messages/1/content'],
    [[{ content: 'x' }, turn('assistant', 'b')], 'missing_field', '/messages/0/role'],
    [['hello'], 'invalid_type', '/messages/0'],
    [[], 'empty_value', '/messages'],
  ])('rejects %j', async (messages, type, path) => {
    const { report, problems } = await bench().import(jsonl(good, { messages }));
    expect(report).toMatchObject({ usable_records: 1, rejected_records: 1 });
    expect(problems.find((problem) => problem.severity === 'error' && problem.type === type)).toMatchObject({
      line: 2,
      path,
    });
  });

  it('Q6 joins text parts and keeps reasoning apart', async () => {
    const parts = [{ type: 'reasoning', text: 'hm' }, { type: 'text', text: 'a' }, { value: 'b' }];
    const { record } = await one(ask, turn('assistant', parts));
    expect(record?.messages[1]).toEqual({
      role: 'assistant',
      content: 'ab',
      reasoning_content: 'hm',
      trained: true,
    });
  });

  it.each([
    [
      {
        messages: [
          turn('user', [
            { type: 'text', text: 'x' },
            { type: 'image_url', image_url: { url: 'http://x.test/a.png' } },
          ]),
          turn('assistant', 'b'),
        ],
      },
    ],
    [{ images: ['a.png'], messages: [turn('user', '<image> what?'), turn('assistant', 'b')] }],
  ])('Q6 refuses media: %j', async (record) => {
    const { report } = await bench().import(jsonl(good, record));
    expect(report.problems[0]).toMatchObject({ line: 2, type: 'unsupported_content', severity: 'error' });
    expect(report.usable_records).toBe(1);
  });

  it('Q6 takes <image> for text where no media are listed', async () => {
    const { report } = await bench().import(
      jsonl({ images: [], messages: [turn('user', 'What is <image>?'), turn('assistant', 'A tag.')] }),
    );
    expect(report.usable_records).toBe(1);
  });

  it('refuses half a surrogate pair inside JSON that stands in a text', async () => {
    const { report, first } = await one(
      ask,
      turn('assistant', '', { tool_calls: [call('{"a":"\\ud800"}')] }),
    );
    expect(report.usable_records).toBe(0);
    expect(first).toMatchObject({ type: 'encoding_error', severity: 'error' });
  });

  it('Q7 keeps tools and tool calls, with JSON inside strings parsed', async () => {
    const record = {
      tools: JSON.stringify([{ type: 'function', function: { name: 'weather' } }]),
      messages: [
        ask,
        turn('assistant', null, { tool_calls: [call('{"city":"Ulm"}')] }),
        turn('tool', 'wet', { tool_call_id: 'call_1', name: 'weather' }),
        turn('assistant', 'Yes.'),
      ],
    };
    const { records } = await bench().import(jsonl(record));
    expect(records[0]).toMatchObject({ tools: [{ type: 'function', function: { name: 'weather' } }] });
    expect(records[0]?.messages.slice(1, 3)).toEqual([
      {
        role: 'assistant',
        content: '',
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'weather', arguments: { city: 'Ulm' } } },
        ],
        trained: true,
      },
      { role: 'tool', content: 'wet', tool_call_id: 'call_1', name: 'weather', trained: false },
    ]);
  });

  it('Q7 turns the old function_call forms into tool calls', async () => {
    const old = [
      ask,
      turn('assistant', '', { function_call: { name: 'weather', arguments: '{}' } }),
      turn('function', 'wet', { name: 'weather' }),
      turn('assistant', 'Yes.'),
    ];
    const asTurn = [
      ask,
      turn('function_call', '{"name":"weather","arguments":{"a":1}}'),
      turn('observation', 'wet'),
      turn('assistant', 'Yes.'),
    ];
    const { records } = await bench().import(
      jsonl({ messages: old, functions: [{ name: 'weather' }] }, { messages: asTurn }),
    );
    expect(records[0]?.tools).toEqual([{ type: 'function', function: { name: 'weather' } }]);
    expect(records.map(({ messages }) => messages[1]?.tool_calls?.[0]?.function)).toEqual([
      { name: 'weather', arguments: {} },
      { name: 'weather', arguments: { a: 1 } },
    ]);
  });

  it('Q7 trains a record that ends with a tool call', async () => {
    const { record } = await one(ask, turn('assistant', '', { tool_calls: [call({})] }));
    expect(record?.messages.at(-1)?.trained).toBe(true);
  });

  it('Q7 wants the result of a tool after its call', async () => {
    const { report, first } = await one(
      ask,
      turn('assistant', '', { tool_calls: [call({})] }),
      ask,
      turn('assistant', 'b'),
    );
    expect(report.usable_records).toBe(0);
    expect(first).toMatchObject({ type: 'role_order', path: '/messages/2/role' });
  });

  it('Q7 lets tools be null, as tables write them', async () => {
    const { records } = await bench().import(jsonl({ ...good, tools: null, id: null }));
    expect(records[0]).not.toHaveProperty('tools');
  });

  it('Q8 drops a trailing user turn with a warning and uses the rest', async () => {
    const { record, problems } = await one(ask, turn('assistant', 'Yes.'), turn('user', 'And now?'));
    expect(dialogue(record)).toEqual(['user: Rain?', 'assistant*: Yes.']);
    expect(kinds(problems)).toEqual(['1 role_order warning']);
  });

  it('Q8 refuses an empty assistant turn in the middle and offers to cut before it', async () => {
    const { report, first } = await one(ask, turn('assistant', ' '), ask, turn('assistant', 'b'));
    expect(report.usable_records).toBe(0);
    expect(first).toMatchObject({
      type: 'empty_value',
      path: '/messages/1/content',
      suggestion: textWith('Cut the conversation before'),
    });
  });

  it.each([[[ask]], [[turn('system', 's'), ask]], [[ask, turn('assistant', 'a', { weight: 0 })]]])(
    'Q8 refuses what leaves nothing to train: %j',
    async (messages) => {
      const { report, first } = await one(...messages);
      expect(report).toMatchObject({ usable_records: 0, rejected_records: 1 });
      expect(first?.type).toBe('nothing_to_train');
    },
  );

  it('Q20 warns of template tokens and unfilled places inside texts', async () => {
    const { report, problems } = await bench().import(
      jsonl(
        { messages: [turn('user', 'Hi {{name}}'), turn('assistant', 'b')] },
        { messages: [turn('user', 'x'), turn('assistant', '<|im_start|>b')] },
        good,
      ),
    );
    expect(report.usable_records).toBe(3);
    expect(kinds(problems)).toEqual(['1 unsupported_content warning', '2 unsupported_content warning']);
  });
});

describe('form F', () => {
  const read = async (...records: readonly object[]) => {
    const imported = await bench().import(jsonl(...records));
    return { ...imported, dialogues: imported.records.map(dialogue) };
  };

  it('Q9 joins instruction and input with a blank line, and leaves a blank input out', async () => {
    const { dialogues } = await read(
      { instruction: 'Add.', input: '1 2', output: '3' },
      { instruction: 'Sing.', input: ' ', output: 'La' },
      { instruction: 'Hum.', output: 'Mm' },
    );
    expect(dialogues.map(([user]) => user)).toEqual(['user: Add.\n\n1 2', 'user: Sing.', 'user: Hum.']);
  });

  it('Q9 puts history first and trains the answer only', async () => {
    const { dialogues } = await read({ instruction: 'c', output: 'd', system: 's', history: [['a', 'b']] });
    expect(dialogues).toEqual([['system: s', 'user: a', 'assistant: b', 'user: c', 'assistant*: d']]);
  });

  it.each([
    [{ question: 'q', answer: 'a' }],
    [{ query: 'q', response: 'a' }],
    [{ prompt: 'q', response: 'a' }],
    [{ input: 'q', ideal: 'a' }],
    [{ instruction: 'q', response: 'a' }],
  ])('Q5 maps %j and says so', async (record) => {
    const { dialogues, report } = await read(record);
    expect(dialogues).toEqual([['user: q', 'assistant*: a']]);
    expect(report.reason).toContain('is read as the question');
  });

  it('Q5 maps title and text where there is an answer', async () => {
    const { dialogues } = await read({ title: 'T', text: 'body', answer: 'a' });
    expect(dialogues).toEqual([['user: T\n\nbody', 'assistant*: a']]);
  });

  it.each([
    [{ instruction: 'a', input: 'b' }, 'missing_field', '/output'],
    [{ instruction: 'a', output: null }, 'missing_field', '/output'],
    [{ instruction: 'a', output: '' }, 'empty_value', '/output'],
    [{ instruction: '', output: 'b' }, 'empty_value', '/instruction'],
    [{ instruction: 7, output: 'b' }, 'invalid_type', '/instruction'],
    [{ instruction: 'a', output: 'b', history: [['x']] }, 'invalid_type', '/history/0'],
  ])('rejects %j', async (record, type, path) => {
    const { report, problems } = await read({ instruction: 'a', output: 'b' }, record);
    expect(report).toMatchObject({ usable_records: 1, rejected_records: 1 });
    expect(problems).toEqual([expect.objectContaining({ line: 2, type, path })]);
  });

  it('Q13 counts exact duplicates by their canonical form', async () => {
    const { report } = await read(
      { instruction: 'a', input: '', output: 'b' },
      { id: 'other', instruction: 'a', output: 'b' },
      { instruction: 'a', output: 'c' },
    );
    expect(report.duplicates_exact).toBe(1);
  });
});
