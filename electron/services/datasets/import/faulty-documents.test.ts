import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { textWith } from './matchers';
import { chat, dialogue, kinds, pair } from './testing';

const bench = useBench();
const data = [0, 1, 2, 3].map((index) => chat(`hi ${String(index)}`, 'yo'));
const conversation = (id: string, question: string) => ({
  conversation_metadata: { conversation_id: id },
  training_pairs: [pair({ current_user_input: question, conversation_history: [] })],
});
const full = JSON.stringify(
  {
    training_file_metadata: { format_spec: 'brightrun-lora-v4' },
    conversations: [conversation('c-0', 'q 0'), conversation('c-1', 'q 1'), conversation('c-2', 'q 2')],
  },
  null,
  1,
);
const wrapped = JSON.stringify({ version: 1, data }, null, 1);

describe('Q3 a syntax fault that is in no record', () => {
  it.each([
    ['{"meta":{"a":"b" oops},"data":[{"prompt":"p","completion":"c"}]}', 'line 1, column 18', 'oops'],
    ['{"meta":[1,2,,3],"data":[{"prompt":"p","completion":"c"}]}', 'line 1, column 14', ','],
    ['{"data":[{"prompt":"p","completion":"c"}],\n"z":tru}', 'line 2, column 5', 'tru'],
    ['{"data":[{"prompt":"p","completion":"c"}],"z":NaN}', 'line 1, column 47', 'NaN'],
    ['{"data":[{"prompt":"p","completion":"c"}],"z":"a\nb"}', 'line 1, column 49', ''],
    ['{"data":[{"prompt":"p","completion":"c"}],"z":{"x":01}}', 'line 1, column 53', '1}'],
  ])('refuses %j and offers its records', async (text, place, found) => {
    const { report, problems } = await bench().import(text);
    expect(report.usable_records).toBe(0);
    expect(kinds(problems)).toEqual(['malformed_json error', 'salvageable info'].map(textWith));
    expect(problems[0]?.error).toContain(place);
    expect(problems[0]?.error).toContain(found);
    const saved = await bench().import(text, { salvage: true });
    expect(saved.report).toMatchObject({ usable_records: 1, rejected_records: 0, problems_total: 1 });
  });

  it('names the first of several', async () => {
    const { problems } = await bench().import(
      '{"a":[1,,2],"data":[{"prompt":"p","completion":"c"}],"z":tru}',
    );
    expect(problems[0]?.error).toContain('line 1, column 9');
  });

  it('refuses damaged metadata of a conversation, whose id would be another', async () => {
    const { report, problems } = await bench().import(full.replace('"c-1"', '"c-1" oops'));
    expect(report.usable_records).toBe(0);
    expect(problems[0]).toMatchObject({ type: 'malformed_json', error: textWith('oops') });
    expect(problems[1]).toMatchObject({ type: 'salvageable', error: textWith('3 of its records') });
  });
});

describe('Q3 a syntax fault in the first record', () => {
  it.each([
    ['in an object with one list', wrapped.replace('"hi 0"', '"hi 0" oops'), 3],
    ['in the only record of such a list', '{"data": [{"messages": [] oops}]}', 0],
    ['that is no object at all', wrapped.replace('[', '[nope,'), 4],
    ['in a pair of the first conversation', full.replace('"q 0"', '"q 0" oops'), 2],
    ['in its metadata', full.replace('"c-0"', '"c-0" oops'), 3],
  ])('%s', async (_, text, left) => {
    const { report, problems } = await bench().import(text);
    expect(problems[0]).toMatchObject({ type: 'malformed_json', severity: 'error' });
    const offer = problems.find(({ type }) => type === 'salvageable');
    expect(offer?.error ?? '0 of its records').toContain(`${String(left)} of its records`);
    expect(report.usable_records).toBe(0);
    expect((await bench().import(text, { salvage: true })).report.usable_records).toBe(left);
  });
});

describe('Q3 a quote that is not escaped', () => {
  const line = (text: string) => `{"prompt":"${text}","completion":"c"}`;
  const quoted = line('he said "hi, {x} you');

  it.each([
    { lines: [line('a'), quoted, line('b'), line('d')], place: 2, left: 3 },
    { lines: [quoted, line('a'), line('b')], place: 1, left: 2 },
    { lines: [line('a'), line('b'), quoted], place: 3, left: 2 },
    { lines: [line('a'), quoted, quoted, line('b')], place: 2, left: 2 },
  ])('is named in line $place, and spoils no other record', async ({ lines, place, left }) => {
    const text = `[${lines.join(',\n')}]`;
    const { problems } = await bench().import(text);
    const column = place === 1 ? 22 : 21;
    expect(problems[0]?.error).toContain(`line ${String(place)}, column ${String(column)}`);
    expect(problems[0]?.error).toContain('hi, {x} you');
    const { records } = await bench().import(text, { salvage: true });
    expect(records).toHaveLength(left);
  });

  it('in an indented document', async () => {
    const text = wrapped.replace('"hi 1"', '"hi "1"');
    const { records, problems } = await bench().import(text, { salvage: true });
    expect(records.map((record) => dialogue(record)[0])).toEqual(['user: hi 0', 'user: hi 2', 'user: hi 3']);
    expect(problems[0]).toMatchObject({ type: 'malformed_json', error: textWith('found "1') });
  });

  it('does not take a line end in a text for the end of its record', async () => {
    const text = `[${line('a\nb')}, ${line('c')}, ${line('d')}]`;
    expect((await bench().import(text, { salvage: true })).records).toHaveLength(2);
  });
});
