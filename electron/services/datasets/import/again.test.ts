import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { chat, dialogue, jsonl, kinds, pair } from './testing';
import type { ReadRecord } from './testing';

const bench = useBench();
const text = fc
  .string({ minLength: 1, maxLength: 30, unit: 'grapheme' })
  .filter((value) => value.trim() !== '' && !/^\s*Human:/.test(value));
const turns = fc.tuple(text, text).map(([question, answer]) => chat(question, answer).messages);
const user = (content: string) => [{ role: 'user', content }];
const assistant = (content: string) => [{ role: 'assistant', content }];

/** The line on which a record stands is not its own. */
const withoutPlace = ({ source_line: _, messages, ...rest }: ReadRecord) => ({
  ...rest,
  ...(messages.length > 0 && { messages }),
});

/** As the file has it. */
const inFile = ({ messages, ...rest }: ReadRecord) => ({ ...rest, ...(messages.length > 0 && { messages }) });

const RECORDS = {
  sft: turns.map((messages) => ({ messages })),
  dpo: fc
    .tuple(text, text, text)
    .filter(([, chosen, rejected]) => chosen !== rejected)
    .map(([prompt, chosen, rejected]) => ({
      prompt: user(prompt),
      chosen: assistant(chosen),
      rejected: assistant(rejected),
    })),
  kto: fc.tuple(text, text, fc.boolean()).map(([prompt, completion, label]) => ({
    prompt: user(prompt),
    completion: assistant(completion),
    label,
  })),
  text: text.map((value) => ({ text: value })),
} as const;

describe('import → canonical → export → import gives the same records', () => {
  it.each(Object.keys(RECORDS) as (keyof typeof RECORDS)[])('%s', async (kind) => {
    const records: fc.Arbitrary<object> = RECORDS[kind];
    await fc.assert(
      fc.asyncProperty(fc.array(records, { minLength: 1, maxLength: 5 }), async (written) => {
        const first = await bench().import(jsonl(...written));
        expect(first.report.usable_records).toBe(written.length);
        const again = await bench().import(jsonl(...first.records.map(withoutPlace)));
        expect(again.report.kind).toBe(first.report.kind);
        expect(again.records.map(withoutPlace)).toEqual(first.records.map(withoutPlace));
      }),
      { numRuns: 6 },
    );
  });
});

describe('the canonical file itself, imported again', () => {
  const stored = async (...written: readonly unknown[]) => {
    const first = await bench().import(jsonl(...written));
    const again = await bench().import(jsonl(...first.records.map(inFile)));
    expect(first.records.length).toBeGreaterThan(0);
    expect(again.records.map(withoutPlace)).toEqual(first.records.map(withoutPlace));
    return again.records;
  };

  it('of pairs keeps what is trained, where they stand, and their scores', async () => {
    const history = [...user('a'), ...assistant('b')];
    const [first] = await stored(
      pair({
        conversation_history: history,
        conversation_metadata: { persona_archetype: 'p', emotional_arc_key: 'e', training_topic_key: 't' },
        training_metadata: { quality_score: 3.5 },
      }),
      pair({ id: 'x' }),
    );
    expect(first).toMatchObject({
      scaffolding: { persona: 'p', arc: 'e', topic: 't' },
      quality_score: 3.5,
    });
    expect(first && dialogue(first)).toEqual([
      'user: a',
      'assistant: b',
      'user: Why?',
      'assistant*: Because.',
    ]);
  });

  it('of chats keeps weights, tools, thoughts and names', async () => {
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: { a: [1] } } };
    await stored(
      {
        tools: [{ type: 'function', function: { name: 'f' } }],
        messages: [
          ...user('a'),
          { role: 'assistant', content: '', tool_calls: [call], weight: 0 },
          { role: 'tool', content: 'r', name: 'f', tool_call_id: 'c' },
          { role: 'assistant', content: 'b', reasoning_content: 'hm' },
        ],
      },
      { messages: [...user('a'), ...assistant('b')], conversation_id: 'c1' },
    );
    await stored({ instruction: 'i', output: 'o', history: [['q', 'a']] });
  });

  it('takes no field of a foreign record for a place or a score', async () => {
    const { records } = await bench().import(
      jsonl({ messages: [...user('a'), ...assistant('b')], scaffolding: { persona: 'p' }, quality_score: 2 }),
    );
    expect(records[0]).not.toHaveProperty('scaffolding');
    expect(records[0]).not.toHaveProperty('quality_score');
  });
});

describe('I01 line ends', () => {
  it('says of a file with carriage returns alone what is wrong, and takes nothing wrongly', async () => {
    const { report } = await bench().import(jsonl(chat('a', 'b'), chat('c', 'd')).replaceAll('\n', '\r'));
    expect(report.usable_records).toBe(0);
    expect(kinds(report.problems)[0]).toMatch(/malformed_json error$/);
  });

  it('reads the rows of a table with such ends only where they are rows', async () => {
    const { report } = await bench().import('question,answer\rWhy?,Because.\rHow?,So.\r', {
      name: 'mac.csv',
    });
    expect(report.usable_records).toBe(0);
    expect(report.problems_total).toBeGreaterThan(0);
  });
});
