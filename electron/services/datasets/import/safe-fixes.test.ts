import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SafeFix } from '../../../../src/lib/types/dataset-versions';
import { useBench } from './bench-setup';
import { chat, dialogue, jsonl, kinds, pair, spoken } from './testing';

const bench = useBench();

const turns = (...spokenTurns: readonly [role: string, content: string][]) => ({
  messages: spokenTurns.map(([role, content]) => ({ role, content })),
});

const read = async (record: object, ...fixes: SafeFix[]) => {
  const { records, problems, report } = await bench().import(jsonl(record, chat('Why?', 'Because.')), {
    fixes,
  });
  return { first: records.find(({ source_line }) => source_line === 1), problems, report };
};

/** The canonical lines of records that no fix may touch. */
const untouched = async (record: object, ...fixes: SafeFix[]) => {
  const before = await read(record);
  expect(await read(record, ...fixes)).toEqual(before);
};

const LONG = turns(
  ['system', 'S'],
  ['user', 'q1'],
  ['assistant', 'a1'],
  ['user', 'q2'],
  ['assistant', 'a2'],
  ['user', 'q3'],
  ['assistant', 'a3'],
);

describe('trim', () => {
  it('takes the outer white space of every message, and only that', async () => {
    const { first } = await read(
      turns(['system', '\ufeff S\n'], ['user', '  a  b '], ['assistant', '\t c\u00a0']),
      'trim',
    );
    expect(dialogue(first)).toEqual(['system: S', 'user: a  b', 'assistant*: c']);
  });

  it('trims both answers of a comparison, and the answers of every other shape', async () => {
    const { records } = await bench().import(jsonl({ prompt: ' p ', chosen: ' c ', rejected: ' r ' }), {
      fixes: ['trim'],
    });
    const [record] = records;
    expect([record?.prompt, record?.chosen, record?.rejected].flatMap(spoken)).toEqual([
      'user: p',
      'assistant*: c',
      'assistant*: r',
    ]);
    for (const shape of [
      { prompt: ' p ', completion: ' c ' },
      { instruction: ' p ', output: ' c ' },
      { prompt: ' p ', completion: ' c ', label: true },
      pair({ current_user_input: ' p ', target_response: ' c ', conversation_history: [] }),
    ]) {
      const imported = await bench().import(jsonl(shape), { fixes: ['trim'] });
      const [only] = imported.records;
      const said = [only?.messages, only?.prompt, only?.completion].flatMap(spoken);
      expect(said).toEqual(['user: p', 'assistant*: c']);
    }
  });

  it('leaves texts without outer white space, and plain text, as they are', async () => {
    await untouched(turns(['user', 'a  b'], ['assistant', 'c\n\nd']), 'trim');
    const text = jsonl({ text: ' kept \n' });
    expect((await bench().import(text, { fixes: ['trim'] })).version).toEqual(
      (await bench().import(text)).version,
    );
  });
});

describe('drop_repeated_user_turn', () => {
  it('saves a record that says its question twice', async () => {
    const record = turns(['user', 'q'], ['user', ' q '], ['assistant', 'a']);
    expect(kinds((await read(record)).problems)).toEqual(['1 role_order error']);
    const { first, problems } = await read(record, 'drop_repeated_user_turn');
    expect(dialogue(first)).toEqual(['user: q', 'assistant*: a']);
    expect(problems).toEqual([]);
  });

  it('leaves two different questions, and one asked again after its answer', async () => {
    await untouched(turns(['user', 'q'], ['user', 'other'], ['assistant', 'a']), 'drop_repeated_user_turn');
    await untouched(
      turns(['user', 'q'], ['assistant', 'a'], ['user', 'q'], ['assistant', 'b']),
      'drop_repeated_user_turn',
    );
  });
});

describe('merge_system', () => {
  it('puts the system text before the first user message, a blank line between', async () => {
    expect(dialogue((await read(LONG, 'merge_system')).first).slice(0, 2)).toEqual([
      'user: S\n\nq1',
      'assistant*: a1',
    ]);
    const { records } = await bench().import(jsonl({ instruction: 'q', output: 'a', system: 'S' }), {
      fixes: ['merge_system'],
    });
    expect(dialogue(records[0])).toEqual(['user: S\n\nq', 'assistant*: a']);
  });

  it('saves a record with two system turns', async () => {
    const record = turns(['system', 'S'], ['system', 'T'], ['user', 'q'], ['assistant', 'a']);
    expect((await read(record)).first).toBeUndefined();
    expect(dialogue((await read(record, 'merge_system')).first)).toEqual([
      'user: S\n\nT\n\nq',
      'assistant*: a',
    ]);
  });

  it('leaves records without a system text, and hides no empty turn', async () => {
    await untouched(chat('q', 'a'), 'merge_system');
    await untouched(turns(['system', ' '], ['user', 'q'], ['assistant', 'a']), 'merge_system');
    await untouched(turns(['system', 'S'], ['user', ''], ['assistant', 'a']), 'merge_system');
  });
});

describe('cut_before_empty_answer', () => {
  it('saves what stands before the first empty answer', async () => {
    const record = turns(
      ['user', 'q1'],
      ['assistant', 'a1'],
      ['user', 'q2'],
      ['assistant', ' '],
      ['user', 'q3'],
      ['assistant', 'a3'],
    );
    expect(kinds((await read(record)).problems)).toEqual(['1 empty_value error']);
    const { first, problems } = await read(record, 'cut_before_empty_answer');
    expect(dialogue(first)).toEqual(['user: q1', 'assistant*: a1']);
    expect(problems).toEqual([]);
  });

  it('leaves filled answers, tool calls, and a record whose only answer is empty', async () => {
    await untouched(LONG, 'cut_before_empty_answer');
    await untouched(turns(['user', 'q'], ['assistant', '']), 'cut_before_empty_answer');
    const call = { type: 'function', function: { name: 'f', arguments: {} } };
    const record = {
      messages: [
        { role: 'user', content: 'q' },
        { role: 'assistant', content: '', tool_calls: [call] },
        { role: 'tool', content: '1' },
        { role: 'assistant', content: 'a' },
      ],
    };
    await untouched(record, 'cut_before_empty_answer');
  });

  it('never takes the answer that a training pair is for', async () => {
    const history = [
      { role: 'user', content: 'q1' },
      { role: 'assistant', content: 'a1' },
      { role: 'user', content: 'q2' },
      { role: 'assistant', content: '' },
    ];
    const { records, problems } = await bench().import(jsonl(pair({ conversation_history: history })), {
      fixes: ['cut_before_empty_answer'],
    });
    expect([records, kinds(problems)]).toEqual([[], ['1 empty_value error']]);
  });
});

describe('truncate_history', () => {
  it.each([
    [1, ['system: S', 'user: q3', 'assistant*: a3']],
    [2, ['system: S', 'user: q3', 'assistant*: a3']],
    [3, ['system: S', 'user: q2', 'assistant*: a2', 'user: q3', 'assistant*: a3']],
  ])('keeps the last %i turns before the answer, from a user turn', async (count, expected) => {
    expect(dialogue((await read(LONG, { truncate_history: count })).first)).toEqual(expected);
  });

  it('saves a record whose fault stands in what is cut away', async () => {
    const record = turns(['user', ' '], ['assistant', 'a1'], ['user', 'q2'], ['assistant', 'a2']);
    expect((await read(record)).first).toBeUndefined();
    expect(dialogue((await read(record, { truncate_history: 1 })).first)).toEqual([
      'user: q2',
      'assistant*: a2',
    ]);
  });

  it('keeps the question of an answer that used a tool', async () => {
    const call = { type: 'function', function: { name: 'f', arguments: {} } };
    const record = {
      messages: [
        { role: 'user', content: 'q1' },
        { role: 'assistant', content: 'a1' },
        { role: 'user', content: 'q2' },
        { role: 'assistant', content: '', tool_calls: [call] },
        { role: 'tool', content: '1' },
        { role: 'assistant', content: 'a2' },
      ],
    };
    expect(dialogue((await read(record, { truncate_history: 1 })).first)).toEqual([
      'user: q2',
      'assistant*: ',
      'tool: 1',
      'assistant*: a2',
    ]);
  });

  it('leaves shorter records as they are, and keeps a system text that is merged too', async () => {
    await untouched(LONG, { truncate_history: 5 });
    expect(dialogue((await read(LONG, 'merge_system', { truncate_history: 1 })).first)).toEqual([
      'user: S\n\nq3',
      'assistant*: a3',
    ]);
  });
});

describe('fixes together', () => {
  const content = fc.constantFrom('a', ' a ', 'b', '', ' ');
  const turn = fc.record({ role: fc.constantFrom('system', 'user', 'assistant', 'tool'), content });
  const record = fc.record({ messages: fc.array(turn, { minLength: 1, maxLength: 8 }) });
  const fix: fc.Arbitrary<SafeFix> = fc.oneof(
    fc.constantFrom<SafeFix>('trim', 'drop_repeated_user_turn', 'merge_system', 'cut_before_empty_answer'),
    fc.record({ truncate_history: fc.integer({ min: 1, max: 4 }) }),
  );

  it('lose no usable record, rename none, and do not depend on their order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 6 }),
        fc.array(fix),
        async (records, fixes) => {
          const before = await bench().import(jsonl(...records));
          const after = await bench().import(jsonl(...records), { fixes });
          const turned = await bench().import(jsonl(...records), { fixes: fixes.toReversed() });
          expect(after.records.map(({ id }) => id)).toEqual(
            expect.arrayContaining(before.records.map(({ id }) => id)),
          );
          expect(turned.version).toEqual(after.version);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('excluded records', () => {
  const RECORDS = jsonl(
    { id: 'a', ...chat('one', '1') },
    { id: 'a', ...chat('one', '1') },
    { id: 'b', ...chat('two {{name}}', '2') },
    chat('three', '3'),
    { id: 'bad', messages: [] },
  );

  it('are skipped and counted, and are neither problems nor duplicates', async () => {
    const { records, problems, report } = await bench().import(RECORDS, { exclude: ['a', 'b'] });
    expect(records.map(({ id }) => id)).toEqual(['a#2', 'record-4']);
    expect(report).toMatchObject({
      records_total: 5,
      usable_records: 2,
      rejected_records: 1,
      excluded_records: 2,
      duplicates_exact: 0,
    });
    expect(kinds(problems)).toEqual(['2 duplicate_id warning', '5 empty_value error']);
  });

  it('keep their ids when a fix saves a record of the same name before them', async () => {
    const source = jsonl(
      { id: 'a', ...turns(['user', 'q'], ['user', 'q'], ['assistant', 'saved']) },
      { id: 'a', ...chat('one', '1') },
    );
    const ids = async (...fixes: SafeFix[]) =>
      (await bench().import(source, { fixes })).records.map(({ id }) => id);
    expect(await ids()).toEqual(['a#2']);
    expect(await ids('drop_repeated_user_turn')).toEqual(['a', 'a#2']);
  });

  it('name their own records in problems', async () => {
    const { problems } = await bench().import(RECORDS);
    expect(problems.map(({ line, record_id }) => [line, record_id])).toEqual([
      [2, 'a#2'],
      [3, 'b'],
      [5, 'bad'],
    ]);
  });
});
