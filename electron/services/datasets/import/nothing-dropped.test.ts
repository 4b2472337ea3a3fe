import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { textWith } from './matchers';
import { dialogue, jsonl, spoken } from './testing';

const bench = useBench();

const read = async (record: object) => {
  const found = await bench().import(jsonl(record, record));
  const [first] = found.records;
  return { ...found, said: first && 'prompt' in first ? spoken(first.prompt) : dialogue(first) };
};

describe('what belongs to a question', () => {
  it.each([
    [
      { question: 'Who wrote it?', context: 'Ann wrote it.', answer: 'Ann' },
      'Who wrote it?\n\nAnn wrote it.',
    ],
    [{ query: 'Who?', input: 'Ann wrote it.', response: 'Ann' }, 'Who?\n\nAnn wrote it.'],
    [{ prompt: 'Who?', context: 'Ann wrote it.', completion: 'Ann' }, 'Who?\n\nAnn wrote it.'],
    [{ prompt: 'Who? Ann wrote it.', input: 'Ann wrote it.', completion: 'Ann' }, 'Who? Ann wrote it.'],
    [{ prompt: 'Who?', context: 'Ann.', chosen: 'Ann', rejected: 'Bob' }, 'Who?\n\nAnn.'],
    [{ prompt: 'Who?', context: { page: 3 }, completion: 'Ann' }, 'Who?'],
  ])('is in it: %j', async (record, question) => {
    const { said } = await read(record);
    expect(said[0]).toBe(`user: ${question}`);
  });

  it('is said', async () => {
    const { report } = await read({ prompt: 'Who?', context: 'Ann wrote it.', completion: 'Ann' });
    expect(report.reason).toContain('“prompt” with “context” is read as the question');
  });
});

describe('texts that nothing is done with', () => {
  it.each([
    [{ question: 'Which?', choices: ['red', 'blue'], answer: 'red' }, 'choices'],
    [{ prompt: 'Which?', completion: 'red', explanation: 'because it is the colour of it' }, 'explanation'],
    [{ title: 'On the sea', text: 'It is deep.' }, 'title'],
  ])('are named: %j', async (record, name) => {
    const { problems } = await read(record);
    expect(problems).toMatchObject([
      { severity: 'warning', line: 1, error: textWith(`“${name}” are not used`) },
    ]);
  });

  it('are not where they stand in another field, or are no texts', async () => {
    const { problems } = await read({
      instruction: 'Say something about the sea.',
      output: 'It is deep.',
      text: 'Say something about the sea.',
      source: 'wikipedia',
      id: 'a b c d e f g h i j k l m',
    });
    expect(problems.map(({ type }) => type)).not.toContain('unsupported_content');
  });
});

describe('answers that are not wanted', () => {
  it.each([
    { instruction: 'Who?', input: '', output: 'Bob', kto_tag: false },
    {
      conversations: [
        { from: 'human', value: 'Who?' },
        { from: 'gpt', value: 'Bob' },
      ],
      kto_tag: false,
    },
    { prompt: 'Who?', completion: 'Bob', Label: false },
  ])('are known by the names that tools have for their label: %j', async (record) => {
    const { report, records } = await read(record);
    expect(report.kind).toBe('kto');
    expect(records[0]).toMatchObject({ label: false });
  });

  it('are asked for where a field may mean it', async () => {
    const { problems } = await read({ prompt: 'Who?', completion: 'Bob', is_good: false });
    expect(problems).toMatchObject([{ error: textWith('“is_good” is false here') }]);
  });
});

it.each([{ train: false }, { loss: false }, { weight: false }, { weight: '0' }, { weight: 0 }])(
  'a turn with %j is not trained',
  async (mark) => {
    const { said } = await read({
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b', ...mark },
        { role: 'user', content: 'c' },
        { role: 'assistant', content: 'd' },
      ],
    });
    expect(said).toEqual(['user: a', 'assistant: b', 'user: c', 'assistant*: d']);
  },
);

it('an instruction keeps its tools, and a comparison what came before', async () => {
  const tools = [{ type: 'function', function: { name: 'pay' } }];
  const { records } = await read({ instruction: 'q', output: 'a', tools });
  expect(records[0]).toMatchObject({ tools });
  const { said } = await read({ prompt: 'q', history: [['h', 'r']], chosen: 'a', rejected: 'b' });
  expect(said.slice(0, 3)).toEqual(['user: h', 'assistant: r', 'user: q']);
});
