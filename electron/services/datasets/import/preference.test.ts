import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { jsonl, kinds, spoken } from './testing';

const bench = useBench();
const role = (name: string, content: string) => ({ role: name, content });
const user = role('user', 'q');
const good = role('assistant', 'good');
const bad = role('assistant', 'bad');

const only = async (record: object) => {
  const { records, ...found } = await bench().import(jsonl(record));
  return { ...found, record: records[0] };
};

describe('Q10 pairs', () => {
  it.each([
    ['texts', { prompt: 'q', chosen: 'good', rejected: 'bad' }],
    ['messages', { prompt: [user], chosen: [good], rejected: [bad] }],
    ['one message', { prompt: 'q', chosen: good, rejected: bad }],
    ['a question', { question: 'q', chosen: 'good', rejected: 'bad' }],
    ['an instruction', { instruction: 'q', input: '', chosen: 'good', rejected: 'bad' }],
    [
      'ShareGPT',
      {
        conversations: [{ from: 'human', value: 'q' }],
        chosen: { from: 'gpt', value: 'good' },
        rejected: { from: 'gpt', value: 'bad' },
      },
    ],
    ['named messages', { prompt: 'q', chosen_messages: [good], rejected_messages: [bad] }],
    [
      'an input with outputs',
      { input: { messages: [user] }, preferred_output: [good], non_preferred_output: [bad] },
    ],
    ['whole dialogues', { chosen: [user, good], rejected: [user, bad] }],
    ['whole dialogues beside their prompt', { prompt: 'q', chosen: [user, good], rejected: [user, bad] }],
    [
      'transcripts',
      { chosen: '\n\nHuman: q\n\nAssistant: good', rejected: '\n\nHuman: q\n\nAssistant: bad' },
    ],
    ['a transcript as prompt', { prompt: '\n\nHuman: q\n\nAssistant:', chosen: 'good', rejected: 'bad' }],
  ])('reads %s', async (_, record) => {
    const { report, record: read } = await only(record);
    expect(report).toMatchObject({ shape: 'H', format: 'preference', kind: 'preference', usable_records: 1 });
    expect(spoken(read?.prompt)).toEqual(['user: q']);
    expect(spoken(read?.chosen)).toEqual(['assistant*: good']);
    expect(spoken(read?.rejected)).toEqual(['assistant*: bad']);
  });

  it('takes all that two dialogues share for the prompt, with instruction, input, system and tools', async () => {
    const shared = [role('system', 's'), user, role('assistant', 'first'), role('user', 'more')];
    const { record } = await only({ chosen: [...shared, good], rejected: [...shared, bad] });
    expect(spoken(record?.prompt)).toEqual(['system: s', 'user: q', 'assistant: first', 'user: more']);
    const joined = await only({ system: 's', instruction: 'a', input: 'b', chosen: 'good', rejected: 'bad' });
    expect(spoken(joined.record?.prompt)).toEqual(['system: s', 'user: a\n\nb']);
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const nested = await only({
      input: { messages: [user], tools },
      preferred_output: [good],
      non_preferred_output: [bad],
    });
    expect(nested.record?.tools).toEqual(tools);
  });

  it('keeps a transcript of several turns, without one blank after each colon', async () => {
    const start = '\n\nHuman: a\n\nAssistant:  b\n\nHuman: c\n\nAssistant:';
    const { record } = await only({ chosen: `${start} yes`, rejected: `${start} no` });
    expect(spoken(record?.prompt)).toEqual(['user: a', 'assistant:  b', 'user: c']);
    expect(spoken(record?.chosen)).toEqual(['assistant*: yes']);
  });

  it.each([
    [{ prompt: 'q', chosen: 'good' }, 'missing_field', '/rejected'],
    [{ prompt: 'q', chosen: '', rejected: 'bad' }, 'empty_value', '/chosen'],
    [{ prompt: '', chosen: 'good', rejected: 'bad' }, 'missing_field', '/prompt'],
    [{ prompt: 'q', chosen: 5, rejected: 'bad' }, 'invalid_type', '/chosen'],
    [{ prompt: 'q', chosen: 'same', rejected: 'same' }, 'nothing_to_train', null],
    [{ prompt: [good], chosen: 'good', rejected: 'bad' }, 'role_order', '/prompt/0/role'],
    [{ chosen: [role('user', 'a'), good], rejected: [role('user', 'b'), bad] }, 'missing_field', '/prompt'],
    [
      { input: { messages: 5 }, preferred_output: [good], non_preferred_output: [bad] },
      'invalid_type',
      '/input/messages',
    ],
  ])('refuses %j', async (record, type, path) => {
    const { report } = await only(record);
    expect(report.usable_records).toBe(0);
    expect(report.problems[0]).toMatchObject({ line: 1, type, path, severity: 'error' });
  });

  it('Q13 counts exact duplicates by prompt and both answers', async () => {
    const record = { prompt: 'q', chosen: 'good', rejected: 'bad' };
    const { report } = await bench().import(
      jsonl(record, { id: 'x', ...record }, { ...record, rejected: 'worse' }),
    );
    expect(report.duplicates_exact).toBe(1);
  });
});

describe('Q10 KTO', () => {
  it.each([
    { prompt: 'q', completion: 'good', label: true },
    { prompt: [user], completion: [good], label: true },
    { messages: [user, good], label: true },
    {
      conversations: [
        { from: 'human', value: 'q' },
        { from: 'gpt', value: 'good' },
      ],
      label: true,
    },
    { instruction: 'q', output: 'good', label: true },
    { question: 'q', answer: 'good', label: true },
  ])('reads %j', async (record) => {
    const { report, record: read } = await only(record);
    expect(report).toMatchObject({ shape: 'H', format: 'kto', kind: 'kto', usable_records: 1 });
    expect(spoken(read?.prompt)).toEqual(['user: q']);
    expect(spoken(read?.completion)).toEqual(['assistant*: good']);
    expect(read?.label).toBe(true);
  });

  it.each(['true', ' True', 'TRUE'])('reads the word “%s” like the boolean', async (word) => {
    const bad = { prompt: 'q', completion: 'bad', label: 'false' };
    const { report, records } = await bench().import(
      jsonl({ prompt: 'q', completion: 'a', label: word }, bad),
    );
    expect(report).toMatchObject({ kind: 'kto', usable_records: 2 });
    expect(records.map(({ label }) => label)).toEqual([true, false]);
  });

  it.each([1, 0, '1', 'bad', -1])(
    'does not guess what the label %j means, and asks for it',
    async (label) => {
      const file = jsonl({ prompt: 'q', completion: 'a', label }, { prompt: 'r', completion: 'b', label });
      const { report } = await bench().import(file);
      expect(report).toMatchObject({
        usable_records: 0,
        mapping: { columns: ['prompt', 'completion', 'label'] },
      });
      expect(report.problems).toEqual([
        expect.objectContaining({ type: 'invalid_type', path: '/label', line: 1 }),
      ]);
      const all = await bench().import(file, { mapping: { user: 'prompt', assistant: 'completion' } });
      expect(all.report).toMatchObject({ kind: 'sft', usable_records: 2 });
    },
  );

  it('takes 1 and 0 for labels where the user says that they are', async () => {
    const { records } = await bench().import('prompt,completion,label\nq,a,1\nr,b,0\n', {
      name: 'kto.csv',
      mapping: { prompt: 'prompt', completion: 'completion', label: 'label' },
    });
    expect(records.map(({ label }) => label)).toEqual([true, false]);
  });

  it('refuses such a record among others without a label, and says what it does not use', async () => {
    const plain = { prompt: 'q', completion: 'a' };
    const { report, problems } = await bench().import(
      jsonl(plain, plain, { ...plain, label: 0 }, { ...plain, label: 'maths' }),
    );
    expect(report).toMatchObject({ kind: 'sft', usable_records: 3, rejected_records: 1 });
    expect(kinds(problems)).toContain('3 invalid_type error');
    expect(kinds(problems)).toContain('4 invalid_type warning');
  });

  it('names records without prompt or completion', async () => {
    const { problems } = await bench().import(jsonl({ text: 'a', label: true }));
    expect(kinds(problems)).toEqual(['1 missing_field error', '1 missing_field error']);
  });

  it('keeps pairs and labels apart: the more frequent form is the file’s', async () => {
    const label = { prompt: 'q', completion: 'good', label: false };
    const { report, problems } = await bench().import(
      jsonl(label, { prompt: 'q', chosen: 'a', rejected: 'b' }, label),
    );
    expect(report).toMatchObject({ kind: 'kto', usable_records: 2, rejected_records: 1 });
    expect(kinds(problems)).toEqual(['2 missing_field error']);
  });
});
