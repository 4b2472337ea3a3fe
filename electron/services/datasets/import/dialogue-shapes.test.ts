import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { textWith } from './matchers';
import { dialogue, jsonl, kinds } from './testing';

const bench = useBench();
const role = (name: string, content: string) => ({ role: name, content });
const from = (name: string, value: string) => ({ from: name, value });

describe('form C', () => {
  it('reads one conversation a line and trains every assistant turn', async () => {
    const turns = [role('user', 'a'), role('assistant', 'b'), role('user', 'c'), role('assistant', 'd')];
    const { report, records } = await bench().import(
      jsonl({ conversation_id: 'c1', turns }, { conversation_id: 'c1', turns }),
    );
    expect(report).toMatchObject({ shape: 'C', format: 'turns', kind: 'sft', conversations: 1 });
    expect(records[0]?.conversation_id).toBe('c1');
    expect(dialogue(records[0])).toEqual(['user: a', 'assistant*: b', 'user: c', 'assistant*: d']);
  });

  it('Q8 drops a trailing user turn with a warning and uses the rest', async () => {
    const { records, problems } = await bench().import(
      jsonl({ turns: [role('user', 'a'), role('assistant', 'b'), role('user', 'c')] }),
    );
    expect(dialogue(records[0])).toEqual(['user: a', 'assistant*: b']);
    expect(problems[0]).toMatchObject({ path: '/turns/2', severity: 'warning', type: 'role_order' });
  });
});

describe('form E', () => {
  it.each([
    ['human', 'gpt'],
    ['user', 'assistant'],
    [' Human', 'ChatGPT'],
    ['user', 'bing'],
    ['user', 'bard'],
    ['user', 'model'],
  ])('Q5 knows %s and %s', async (user, assistant) => {
    const { report, records } = await bench().import(
      jsonl({ id: 'x', conversations: [from('system', 's'), from(user, 'a'), from(assistant, 'b')] }),
    );
    expect(report).toMatchObject({ shape: 'E', format: 'sharegpt' });
    expect(dialogue(records[0])).toEqual(['system: s', 'user: a', 'assistant*: b']);
  });

  it('reads the spellings “conversation” and role with content', async () => {
    const { report, records } = await bench().import(
      jsonl({ conversation: [role('user', 'a'), role('assistant', 'b')] }),
    );
    expect(report.shape).toBe('E');
    expect(dialogue(records[0])).toEqual(['user: a', 'assistant*: b']);
  });

  it('puts a system text beside the turns before them', async () => {
    const turns = [from('human', 'a'), from('gpt', 'b')];
    const { records } = await bench().import(
      jsonl(
        { system: 'be kind', conversations: turns },
        { system: 'x', conversations: [from('system', 's'), ...turns] },
      ),
    );
    expect(records.map((record) => dialogue(record)[0])).toEqual(['system: be kind', 'system: s']);
  });

  it.each([
    [[from('robot', 'a'), from('gpt', 'b')], 'role_order', '/conversations/0/from'],
    [[from('gpt', 'a'), from('human', 'b'), from('gpt', 'c')], 'role_order', '/conversations/0/from'],
    [[{ value: 'a' }, from('gpt', 'b')], 'missing_field', '/conversations/0/from'],
    [[from('', 'a'), from('gpt', 'b')], 'missing_field', '/conversations/0/from'],
    [[from('human', ''), from('gpt', 'b')], 'empty_value', '/conversations/0/value'],
    [[from('function_call', 'no'), from('gpt', 'b')], 'invalid_type', '/conversations/0/value'],
  ])('says where %j is wrong in the names of the file', async (conversations, type, path) => {
    const { problems } = await bench().import(jsonl({ conversations }));
    expect(problems.find((problem) => problem.type === type)?.path).toBe(path);
  });

  it('calls a misplaced answer by its right article', async () => {
    const { problems } = await bench().import(jsonl({ conversations: [from('gpt', 'a')] }));
    expect(problems[0]?.error).toBe('An assistant turn stands where system or user is expected.');
  });

  it.each([
    ['robot', '--role robot=user'],
    ['my robot', '--role "my robot=user"'],
    ['$HOME', '--role name=user'],
    ['r'.repeat(60), '--role name=user'],
  ])('says how to read a speaker called %s', async (name, flag) => {
    const { problems } = await bench().import(jsonl({ conversations: [from(name, 'a'), from('gpt', 'b')] }));
    expect(problems[0]?.suggestion).toBe(
      `Choose a role for it on the import page, or with ${flag} on the command line; the usual names are system, user, assistant and tool.`,
    );
  });

  it('Q7 turns function_call and observation into tool calls', async () => {
    const conversations = [
      from('human', 'Rain?'),
      from('function_call', '{"name": "weather", "arguments": {"city": "Kiel"}}'),
      from('observation', 'yes'),
      from('gpt', 'It rains.'),
    ];
    const { records } = await bench().import(jsonl({ tools: '[{"name": "weather"}]', conversations }));
    expect(records[0]?.messages[1]).toEqual({
      role: 'assistant',
      content: '',
      tool_calls: [{ type: 'function', function: { name: 'weather', arguments: { city: 'Kiel' } } }],
      trained: true,
    });
    expect(records[0]?.messages.map(({ role: name }) => name)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
    ]);
    expect(records[0]?.tools).toEqual([{ name: 'weather' }]);
  });

  it('Q2 takes “conversations” for a list of records where its items are no turns', async () => {
    const record = { messages: [role('user', 'a'), role('assistant', 'b')] };
    const { report } = await bench().import(JSON.stringify({ conversations: [record, record] }));
    expect(report).toMatchObject({ shape: 'D', usable_records: 2 });
  });
});

describe('form G', () => {
  it('Q19 is a user turn and an answer, whose text alone is trained', async () => {
    const { report, records } = await bench().import(jsonl({ prompt: 'a', completion: ' b' }));
    expect(report).toMatchObject({ shape: 'G', format: 'prompt_completion', kind: 'sft' });
    expect(dialogue(records[0])).toEqual(['user: a', 'assistant*:  b']);
  });

  it('trains nothing of a prompt in messages', async () => {
    const { records } = await bench().import(
      jsonl({
        prompt: [role('user', 'a'), role('assistant', 'b'), role('user', 'c')],
        completion: [role('assistant', 'd')],
      }),
    );
    expect(dialogue(records[0])).toEqual(['user: a', 'assistant: b', 'user: c', 'assistant*: d']);
  });

  it.each([
    [{ prompt: '', completion: 'b' }, '1 empty_value error', '/prompt'],
    [{ prompt: 'a', completion: null }, '1 missing_field error', '/completion'],
    [{ prompt: 'a', completion: 7 }, '1 invalid_type error', '/completion'],
    [{ prompt: [role('assistant', 'a')], completion: 'b' }, '1 role_order error', '/prompt/0/role'],
  ])('refuses %j', async (record, kind, path) => {
    const { problems, report } = await bench().import(jsonl(record));
    expect(report.usable_records).toBe(0);
    expect(kinds(problems)).toContain(kind);
    expect(problems[0]?.path).toBe(path);
  });

  it('Q19 recognises the separators of older tools once a file and removes them when asked', async () => {
    const text = jsonl(
      { prompt: 'Lisbon ->', completion: ' Portugal END' },
      { prompt: 'Kiel\n\n###\n\n', completion: ' Germany END' },
      { prompt: 'plain', completion: 'plain' },
    );
    const kept = await bench().import(text);
    expect(kept.problems).toMatchObject([
      {
        line: 1,
        type: 'unsupported_content',
        severity: 'warning',
        error: textWith('separators'),
        suggestion: textWith('strip'),
      },
    ]);
    expect(dialogue(kept.records[0])).toEqual(['user: Lisbon ->', 'assistant*:  Portugal END']);
    const stripped = await bench().import(text, { stripSeparators: true });
    expect(stripped.records.map(dialogue)).toEqual([
      ['user: Lisbon', 'assistant*: Portugal'],
      ['user: Kiel', 'assistant*: Germany'],
      ['user: plain', 'assistant*: plain'],
    ]);
  });
});
