import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { textWith } from './matchers';
import { dialogue, jsonl, kinds, pair } from './testing';

const bench = useBench();
const turn = (role: string, content: unknown) => ({ turn: 1, role, content });

describe('form A', () => {
  it('skips _meta and blank lines, and never trusts its total', async () => {
    const { report, records } = await bench().import(
      `${jsonl({ _meta: { total_pairs: 99, version: '4.0' } })}\n\n${jsonl(pair())}\n`,
    );
    expect(report).toMatchObject({
      shape: 'A',
      format: 'brightrun_lora_v4',
      records_total: 1,
      usable_records: 1,
      problems_total: 0,
    });
    expect(records[0]).toMatchObject({ id: 'topic_turn2_1', source_line: 3, conversation_id: 'c1' });
  });

  it('drops the last history item when it repeats the question', async () => {
    const { records } = await bench().import(
      jsonl(pair({ conversation_history: [turn('user', '  Why? ')] })),
    );
    expect(dialogue(records[0])).toEqual(['user: Why?', 'assistant*: Because.']);
  });

  it('trains the final answer only', async () => {
    const history = [turn('user', 'Hi'), turn('assistant', 'Hello'), turn('user', 'Why?')];
    const { records } = await bench().import(
      jsonl(pair({ system_prompt: 'Be kind.', conversation_history: history })),
    );
    expect(dialogue(records[0])).toEqual([
      'system: Be kind.',
      'user: Hi',
      'assistant: Hello',
      'user: Why?',
      'assistant*: Because.',
    ]);
  });

  it('Q13 counts null targets as skipped, neither usable nor rejected', async () => {
    const { report } = await bench().import(jsonl(pair(), pair({ id: 'b', target_response: null })));
    expect(report).toMatchObject({
      records_total: 2,
      usable_records: 1,
      rejected_records: 0,
      skipped_null_target: 1,
    });
  });

  it('Q13 counts conversations, and a record without id as one; turn_number never decides', async () => {
    const { report, statistics } = await bench().import(
      jsonl(
        pair({ id: '1', turn_number: 7 }),
        pair({ id: '2', turn_number: 1 }),
        pair({ id: '3', conversation_id: '' }),
        pair({ id: '4', conversation_id: 'c2' }),
      ),
    );
    expect(report).toMatchObject({ conversations: 3, duplicates_exact: 3, usable_records: 4 });
    expect(statistics.avg_turns_per_conversation).toBe(2);
  });

  it('Q16 names a repeated id as a warning and makes the canonical id unique', async () => {
    const { records, problems } = await bench().import(jsonl(pair(), pair(), pair()));
    expect(records.map(({ id }) => id)).toEqual(['topic_turn2_1', 'topic_turn2_1#2', 'topic_turn2_1#3']);
    expect(kinds(problems)).toEqual(['2 duplicate_id warning', '3 duplicate_id warning']);
  });

  it('keeps persona, arc and topic', async () => {
    const metadata = { persona_archetype: 'novice', emotional_arc_key: 'up', training_topic: 'Money' };
    const { records } = await bench().import(jsonl(pair({ conversation_metadata: metadata })));
    expect(records[0]?.scaffolding).toEqual({ persona: 'novice', arc: 'up', topic: 'Money' });
  });

  it('keeps the score that a pair says, and makes up none', async () => {
    const scores = [4.5, undefined, '4', 0, 5.5];
    const { records, report } = await bench().import(
      jsonl(
        ...scores.map((quality_score, id) => pair({ id: String(id), training_metadata: { quality_score } })),
      ),
    );
    expect(records.map(({ quality_score }) => quality_score)).toEqual([4.5, ...Array<undefined>(4)]);
    expect(records.map((record) => 'quality_score' in record)).toEqual([true, false, false, false, false]);
    expect(report.quality_mean).toBe(4.5);
    expect((await bench().import(jsonl(pair()))).report).not.toHaveProperty('quality_mean');
  });

  it('accepts a version-3 label, and warns once of unknown fields', async () => {
    const { report, problems } = await bench().import(
      jsonl({ _meta: { version: '3.0' } }, pair({ mood: 1 }), pair({ id: 'b', mood: 2 })),
    );
    expect(report).toMatchObject({ format: 'brightrun_lora_v3', usable_records: 2 });
    expect(kinds(problems)).toEqual(['2 unsupported_content warning', '1 older_version info']);
  });

  it.each([
    { version: 'v3' },
    { format_spec: 'brightrun-lora-v3' },
    { version: '4.0', format_spec: 'brightrun_lora_v3' },
  ])('takes %j for a version-3 label, of a line and of a document', async (label) => {
    const { report } = await bench().import(jsonl({ _meta: label }, pair()));
    expect(report.format).toBe('brightrun_lora_v3');
    const conversations = [{ conversation_metadata: {}, training_pairs: [pair()] }];
    for (const document of [
      { training_file_metadata: label, conversations },
      { dataset_metadata: label, training_pairs: [pair()] },
    ])
      expect((await bench().import(JSON.stringify(document))).report.format).toBe('brightrun_lora_v3');
  });

  it.each([
    [{ current_user_input: undefined }, '/current_user_input', 'missing_field'],
    [{ current_user_input: 5 }, '/current_user_input', 'invalid_type'],
    [{ current_user_input: ' \u00a0' }, '/current_user_input', 'empty_value'],
    [{ target_response: undefined }, '/target_response', 'missing_field'],
    [{ target_response: '' }, '/target_response', 'empty_value'],
    [{ conversation_history: undefined }, '/conversation_history', 'missing_field'],
    [{ conversation_history: 'x' }, '/conversation_history', 'invalid_type'],
    [{ conversation_history: [turn('narrator', 'x')] }, '/conversation_history/0/role', 'role_order'],
    [{ conversation_history: [turn('assistant', 'x')] }, '/conversation_history/0/role', 'role_order'],
    [{ conversation_history: [turn('user', 'x')] }, '/current_user_input/role', 'role_order'],
    [
      { conversation_history: [turn('user', 'x'), turn('assistant', ' ')] },
      '/conversation_history/1/content',
      'empty_value',
    ],
    [{ system_prompt: 3 }, '/system_prompt', 'invalid_type'],
  ])('rejects %j with field, reason and fix', async (change, path, type) => {
    const { report, problems } = await bench().import(jsonl(pair(), pair({ id: 'bad', ...change })));
    expect(report).toMatchObject({ usable_records: 1, rejected_records: 1 });
    expect(problems).toEqual([
      expect.objectContaining({
        line: 2,
        path,
        type,
        record_id: 'bad',
        severity: 'error',
        suggestion: textWith(' '),
      }),
    ]);
  });

  it('Q14 lists all faults of a record, the deciding one first', async () => {
    const { problems } = await bench().import(
      jsonl(pair(), pair({ target_response: '', current_user_input: undefined, system_prompt: 1 })),
    );
    expect(problems.map(({ type }) => type)).toEqual(['missing_field', 'invalid_type', 'empty_value']);
  });

  it('Q15 keeps white space as it is', async () => {
    const { records } = await bench().import(jsonl(pair({ target_response: '  Because.\n\n' })));
    expect(records[0]?.messages.at(-1)?.content).toBe('  Because.\n\n');
  });
});

describe('form B', () => {
  const conversation = (id: string | null, ...pairs: readonly object[]) => ({
    conversation_metadata: {
      ...(id !== null && { conversation_id: id }),
      scaffolding: { persona_key: 'p', emotional_arc_key: 'a', training_topic_key: 't' },
    },
    training_pairs: pairs,
  });
  const inner = { conversation_id: 'template', id: 'same' };
  const document = (...conversations: readonly object[]) => ({
    training_file_metadata: { version: '4.0' },
    consultant_profile: { name: 'x' },
    conversations,
  });

  it('reads all pairs, groups by the outer id, skips null targets, and takes repeated ids as they are', async () => {
    const text = JSON.stringify(
      document(
        conversation('one', pair({ ...inner, target_response: null }), pair(inner)),
        conversation('two', pair(inner)),
      ),
      null,
      2,
    );
    const { report, records } = await bench().import(text);
    expect(report).toMatchObject({
      shape: 'B',
      records_total: 3,
      usable_records: 2,
      skipped_null_target: 1,
      conversations: 2,
      problems_total: 0,
    });
    expect(
      records.map(({ conversation_id, scaffolding }) => [conversation_id, scaffolding?.persona]),
    ).toEqual([
      ['one', 'p'],
      ['two', 'p'],
    ]);
    expect(new Set(records.map(({ id }) => id)).size).toBe(2);
  });

  it('gives line and path of a pair', async () => {
    const text = JSON.stringify(
      document(conversation('one', pair(), pair({ current_user_input: '' }))),
      null,
      1,
    );
    const { problems } = await bench().import(text);
    const line = text.slice(0, text.lastIndexOf('"topic_turn2_1"')).split('\n').length - 1;
    expect(problems).toEqual([
      expect.objectContaining({ line, path: '/conversations/0/training_pairs/1/current_user_input' }),
    ]);
  });

  it('Q3 groups by position when dataset_metadata names no ids', async () => {
    const { records } = await bench().import(
      JSON.stringify({
        dataset_metadata: {},
        conversations: [conversation(null, pair()), conversation(null, pair())],
      }),
    );
    expect(records.map(({ conversation_id }) => conversation_id)).toEqual([
      'conversation-1',
      'conversation-2',
    ]);
  });

  it('reads a file of a single conversation', async () => {
    const { report, records } = await bench().import(
      JSON.stringify({
        dataset_metadata: { conversation_id: 'solo' },
        consultant_profile: {},
        training_pairs: [pair(), pair({ id: 'b' })],
      }),
    );
    expect(report).toMatchObject({ shape: 'B', usable_records: 2, conversations: 1 });
    expect(records[1]?.conversation_id).toBe('solo');
  });

  it('names a conversation without pairs and keeps the others', async () => {
    const { report } = await bench().import(
      JSON.stringify(document(conversation('one', pair()), { conversation_metadata: {} })),
    );
    expect(report).toMatchObject({ usable_records: 1, rejected_records: 1 });
    expect(report.problems[0]).toMatchObject({ type: 'missing_field' });
  });
});
