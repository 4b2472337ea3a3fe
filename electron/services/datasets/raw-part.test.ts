import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ProblemPlace, RawPart } from '../../../src/lib/types/raw-part';
import { chat, ImportBench } from './import/testing';
import { readRawPart } from './raw-part';
import { readingOfWords } from './version-recipe';
import type { ImportRequest } from './import/import-request';

let bench: ImportBench;
beforeEach(async () => {
  bench = await ImportBench.create();
});
afterEach(() => bench.remove());

type Words = Partial<ImportRequest> & { readonly name?: string };

/** What stands at each problem that the import of a file finds. */
async function partsOf(content: string | Buffer, words: Words = {}): Promise<RawPart[]> {
  const { problems } = await bench.import(content, words);
  const parts = await Promise.all(problems.map((problem) => partAt(problem, words)));
  return parts.flatMap((part) => part ?? []);
}

function partAt(problem: ProblemPlace, { name = 'file.jsonl', ...words }: Words) {
  return readRawPart(
    { path: `${bench.dir}/${name}`, fileName: name, reading: readingOfWords(words) },
    problem,
  );
}

const NO_WORDS = { type: 'empty_value', error: '' } as const;
const marked = ({ text, spot }: RawPart): string | null => spot && text.slice(spot.start, spot.end);

const wizard = {
  messages: [
    { role: 'wizard', content: 'q' },
    { role: 'assistant', content: 'a' },
  ],
};
const many = Array.from({ length: 900 }, (_, index) => chat(`question ${String(index)}`, 'ü'.repeat(200)));

it('shows the element of a list that is one line', async () => {
  const [part, ...others] = await partsOf(JSON.stringify([...many, wizard, chat('q', 'a')]), {
    name: 'one.json',
  });
  expect(others).toEqual([]);
  expect(part).toMatchObject({ text: JSON.stringify(wizard), is_cut_before: false, is_cut_after: false });
  expect(part && marked(part)).toBe('"wizard"');
});

it('shows an element that is written over several lines whole', async () => {
  const text = JSON.stringify({ version: 1, data: [...many, wizard] }, null, 2);
  const [part] = await partsOf(text, { name: 'pretty.json' });
  expect(part && JSON.parse(part.text)).toEqual(wizard);
  expect(part && marked(part)).toBe('"wizard"');
});

it('shows where an element stops being JSON', async () => {
  const good = JSON.stringify(chat('q', 'a'));
  const [part] = await partsOf(`[${good}, {\n "messages": nul}, ${good}]`, {
    name: 'broken.json',
    salvage: true,
  });
  expect(part?.text).toBe('{\n "messages": nul}');
  expect(part && marked(part)).toBe('n');
});

it('shows a line around a fault of the document itself', async () => {
  const good = many.map((record) => JSON.stringify(record)).join(',');
  const [part] = await partsOf(`[${good} ${good}]`, { name: 'comma.json' });
  expect(part).toMatchObject({ is_cut_before: true, is_cut_after: true });
  expect(part && marked(part)).toBe('{');
});

it('shows the pair of a conversation of the form B', async () => {
  const pair = { conversation_history: [], current_user_input: 'q', target_response: 7 };
  const conversations = [{ conversation_metadata: { conversation_id: 'c' }, training_pairs: [pair] }];
  const parts = await partsOf(JSON.stringify({ conversations }), { name: 'b.json' });
  expect(parts.map(({ text }) => text)).toContain(JSON.stringify(pair));
});

it('shows a row of a table with all of its lines, and its cell', async () => {
  const table = 'instruction,output\r\n"one\nand, ""two""",a\r\n"three\nfour",\r\nfive,b\r\n';
  const [part] = await partsOf(table, { name: 'table.csv' });
  expect(part?.text).toBe('"three\nfour",');
  expect(part?.spot).toEqual({ start: part?.text.length, end: part?.text.length });
});

it('shows a row of a Parquet file, which has no lines', async () => {
  const columnData = [
    { name: 'prompt', data: ['one', 'two', 'three'] },
    { name: 'completion', data: ['a', '', 'c'] },
  ];
  const file = Buffer.from(
    parquetWriteBuffer({ columnData: columnData.map((column) => ({ ...column, type: 'STRING' })) }),
  );
  const [part] = await partsOf(file, { name: 'rows.parquet' });
  expect(part?.text).toBe('{"prompt":"two","completion":""}');
  expect(part && marked(part)).toBe('""');
  expect(await partAt({ line: 9, path: null, ...NO_WORDS }, { name: 'rows.parquet' })).toBeNull();
});

it('shows a line in its encoding, out of an archive, and as long as anyone reads', async () => {
  const long = JSON.stringify({ text: '😀'.repeat(40_000), messages: [{ role: 'wizard', content: '你好' }] });
  const lines = `${JSON.stringify(chat('q', 'a'))}\n${long}\n`;
  const [part] = await partsOf(gzipSync(Buffer.from(lines)), { name: 'a.jsonl.gz' });
  expect(part && marked(part)).toBe('"wizard"');
  expect(part?.text.length).toBeLessThanOrEqual(64 * 1024);
  expect(part?.text.isWellFormed()).toBe(true);
  expect(part).toMatchObject({ is_cut_before: true, is_cut_after: false });
});

it('marks the first byte that is no text', async () => {
  const good = JSON.stringify(chat('q', 'a'));
  const lines = Buffer.from(`${good}\n{"messages": [{"role": "user", "content": "caf\xe9"}]}\n`, 'latin1');
  const [part] = await partsOf(lines);
  expect(part && marked(part)).toBe('\ufffd');
});

it('has nothing where there is no such line', async () => {
  await bench.write('{"messages": []}\n{"messages": []}\n');
  expect(await partAt({ line: 9, path: null, ...NO_WORDS }, {})).toBeNull();
});
