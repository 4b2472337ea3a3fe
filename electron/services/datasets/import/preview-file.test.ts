import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { ImportPreview } from '../../../../src/lib/types/import-preview';
import { useBench } from './bench-setup';
import type { HeadLimits } from './head-source';
import type { ImportRequest } from './import-request';
import { textWith } from './matchers';
import { previewFile } from './preview-file';
import { chat, jsonl, pair } from './testing';

const bench = useBench();
const FilePreview = ImportPreview.omit({ is_remembered: true });
const rows = Array.from({ length: 30 }, (_, index) => chat(`question ${String(index)}`, 'answer'));
const columns = ['question', 'answer'].map((name) => ({
  name,
  data: Array.from({ length: 30 }, (_, index) => `${name} ${String(index)}`),
  type: 'STRING' as const,
}));

const look = async (
  content: string | Buffer,
  {
    name = 'file.jsonl',
    limits,
    ...more
  }: Partial<ImportRequest> & { name?: string; limits?: HeadLimits } = {},
) => {
  const path = await bench().write(content, name);
  const { signal } = new AbortController();
  return FilePreview.parse(await previewFile(bench().request(path, more), signal, limits));
};

describe('what is previewed is what is imported', () => {
  it.each<[string, string, string | Buffer]>([
    ['lines', 'a.jsonl', jsonl(...rows, { messages: [] })],
    ['a list', 'a.json', JSON.stringify(rows)],
    ['an object with a list', 'a.json', JSON.stringify({ data: rows }, null, 2)],
    ['one object', 'a.json', JSON.stringify(rows[0], null, 2)],
    ['form A', 'a.jsonl', jsonl(pair(), pair({ id: 'b', target_response: '' }))],
    ['gzip', 'a.jsonl.gz', gzipSync(jsonl(...rows))],
    ['zstd', 'a.jsonl.zst', zstdCompressSync(jsonl(...rows))],
    ['a table', 'a.csv', `question,answer\n${'"Why, so?","Because."\n'.repeat(9)}short\n`],
    ['Parquet', 'a.parquet', Buffer.from(parquetWriteBuffer({ columnData: columns }))],
    ['Markdown', 'a.md', '---\na: 1\n---\n# Head\n\nText.\n'],
    ['preference', 'a.jsonl', jsonl({ prompt: 'p', chosen: 'c', rejected: 'r' })],
    ['turns a row', 'a.csv', 'conversation_id,role,content\n1,user,q\n1,assistant,a\n'],
    ['an unknown shape', 'a.jsonl', jsonl({ foo: 'a', bar: 'b' })],
    ['a faulty document', 'a.json', `[${JSON.stringify(rows[0])},{]`],
    ['UTF-16', 'a.jsonl', Buffer.from(`\ufeff${jsonl(...rows)}`, 'utf16le')],
  ])('%s', async (_, name, content) => {
    const preview = await look(content, { name });
    const { report, records } = await bench().import(content, { name });
    expect(report).toMatchObject(preview.report);
    expect(preview.records).toEqual(
      records.slice(0, 5).map((record) => expect.objectContaining({ id: record.id }) as unknown),
    );
    expect(preview.is_whole).toBe(true);
  });
});

describe('a long file is looked at only where it begins', () => {
  const long = Array.from({ length: 4000 }, (_, index) => chat(`q ${String(index)}`, 'x'.repeat(2000)));

  it.each<[string, string, string | Buffer]>([
    ['lines', 'a.jsonl', jsonl(...long)],
    ['a list on one line', 'a.json', JSON.stringify(long)],
    ['an object with a list', 'a.json', JSON.stringify({ data: long })],
    ['gzip', 'a.jsonl.gz', gzipSync(jsonl(...long))],
    ['a table', 'a.csv', `question,answer\n${`"${'q'.repeat(2000)}","a"\n`.repeat(4000)}`],
  ])('%s', async (_, name, content) => {
    const preview = await look(content, { name });
    expect(preview).toMatchObject({ is_whole: false, report: { problems: [], rejected_records: 0 } });
    expect(preview.report.usable_records).toBeGreaterThan(100);
    expect(preview.report.usable_records).toBeLessThan(4000);
    expect(preview.records).toHaveLength(5);
  });

  it('stops by the clock where a record has no end', async () => {
    const startedAt = performance.now();
    const preview = await look(`[{"messages":"${'x'.repeat(60_000_000)}`, { limits: { maxMs: 300 } });
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect(preview.is_whole).toBe(false);
  });

  const longText = 'x'.repeat(400_000);
  it.each<[string, string, string]>([
    ['a list', 'a.json', JSON.stringify([chat('q', longText)])],
    ['an object with a list', 'a.json', JSON.stringify({ data: [chat('q', longText)] })],
    ['one object', 'a.json', JSON.stringify(chat('q', longText), null, 2)],
    ['lines', 'a.jsonl', jsonl(chat('q', longText), chat('q', 'a'))],
    ['a table', 'a.csv', `question,answer\n"q","${longText}"\n"q","a"\n`],
    ['a table of lines', 'a.csv', `question,answer\n"q","${'x\n'.repeat(200_000)}"\n"q","a"\n`],
  ])(
    'says that the beginning is too large where not one record is seen whole: %s',
    async (_, name, content) => {
      for (const limits of [{ maxBytes: 1000 }, { maxMs: -1 }]) {
        const preview = await look(content, { name, limits });
        expect(preview).toMatchObject({ is_whole: false, records: [] });
        expect(preview.report).toMatchObject({
          problems: [],
          rejected_records: 0,
          reason: textWith('too large to look at'),
        });
      }
      expect((await look(content, { name })).report.usable_records).toBeGreaterThan(0);
    },
  );

  it('misses no column of records that it did not see', async () => {
    const pairs = Array.from({ length: 3000 }, (_, index) => ({ q: `${String(index)}?`, a: 'so' }));
    const mapping = { user: 'q', assistant: 'a', system: 's' };
    const preview = await look(jsonl(...pairs, { q: 'q', a: 'a', s: 'Be kind.' }), { mapping });
    expect(preview).toMatchObject({ is_whole: false, report: { problems: [] } });
    const whole = await look(jsonl(...pairs.slice(0, 9)), { mapping });
    expect(whole.report.reason).toBe('The records have no column “s”.');
  });

  it('knows the end of a short file, however late it is', async () => {
    const preview = await look(JSON.stringify(rows[0], null, 2), { limits: { maxMs: -1 } });
    expect(preview).toMatchObject({ is_whole: true, report: { usable_records: 1, problems: [] } });
  });

  it('keeps what it saw whole of a text that is cut', async () => {
    const turns = `conversation_id,role,content\n1,user,q\n1,assistant,a\n2,user,${longText}\n`;
    const preview = await look(turns, { name: 'a.csv', limits: { maxBytes: 1000 } });
    expect(preview).toMatchObject({ is_whole: false, report: { usable_records: 1, problems: [] } });
    const broken = `[${JSON.stringify(rows[0])},{]${' '.repeat(400_000)}`;
    const faulty = await look(broken, { name: 'a.json', limits: { maxBytes: 1000 } });
    expect(faulty.report.problems).not.toEqual([]);
  });

  it('says the first problems of a file of which the rest is not read', async () => {
    const preview = await look(jsonl({ messages: [] }, ...long));
    expect(preview.report.problems).toMatchObject([{ line: 1, type: 'empty_value' }]);
  });
});

describe('what may be changed', () => {
  const strange = jsonl({ frage: 'Why?', auskunft: 'Because.' }, { frage: 'How?', auskunft: 'So.' });

  it('names the columns and what they look like, and reads them as they are mapped', async () => {
    const before = await look('Anfrage,Auskunft\nWhy?,Because.\n', { name: 'a.csv' });
    expect(before).toMatchObject({
      columns: ['Anfrage', 'Auskunft'],
      roles: {},
      records: [],
      table: { header: true, delimiter: ',' },
      rows: [{ Anfrage: 'Why?', Auskunft: 'Because.' }],
    });
    const after = await look(strange, { mapping: { user: 'frage', assistant: 'auskunft' } });
    expect(after.records[0]).toMatchObject({
      messages: [
        { role: 'user', content: 'Why?' },
        { role: 'assistant', content: 'Because.' },
      ],
    });
    expect(after.reading).toEqual({ mapping: { user: 'frage', assistant: 'auskunft' } });
  });

  it('offers the fields of records whose shape is known too', async () => {
    const preview = await look(jsonl({ instruction: 'a', output: 'b' }));
    expect(preview).toMatchObject({
      columns: ['instruction', 'output'],
      roles: { user: 'instruction', assistant: 'output' },
    });
  });

  it('lists who speaks, and takes names that nobody knows for what they are said to be', async () => {
    const text = jsonl({
      turns: [
        { role: 'Kunde', content: 'q' },
        { role: 'berater', content: 'a' },
      ],
    });
    const before = await look(text);
    expect(before.role_names).toEqual([
      { name: 'kunde', role: null },
      { name: 'berater', role: null },
    ]);
    expect(before.report.usable_records).toBe(0);
    const after = await look(text, { roleNames: { kunde: 'user', Berater: 'assistant' } });
    expect(after.report).toMatchObject({ usable_records: 1, rejected_records: 0 });
  });

  it('lists a speaker who comes late and whom nobody knows, also once a role was given', async () => {
    const late = { messages: [{ role: 'Kunde', content: 'q' }, ...chat('q', 'a').messages.slice(1)] };
    const text = jsonl(...Array.from({ length: 80 }, () => chat('q', 'a')), late);
    const usual = [
      { name: 'user', role: 'user' },
      { name: 'assistant', role: 'assistant' },
    ];
    const before = await look(text);
    expect(before.report.problems).toMatchObject([{ line: 81, error: textWith('Kunde') }]);
    expect(before.role_names).toEqual([...usual, { name: 'kunde', role: null }]);
    const after = await look(text, { roleNames: { Kunde: 'user' } });
    expect(after.report).toMatchObject({ usable_records: 81, problems: [] });
    expect(after.role_names).toEqual([...usual, { name: 'kunde', role: 'user' }]);
  });

  it('gives a system prompt to records without one, in every shape that has one', async () => {
    const system = { role: 'system', content: 'Be kind.' };
    const own = { role: 'system', content: 'Own.' };
    const first = async (record: object) => {
      const { records } = await look(jsonl(record), { systemPrompt: 'Be kind.' });
      const [found] = records;
      return found === undefined || 'text' in found
        ? null
        : 'messages' in found
          ? found.messages[0]
          : found.prompt[0];
    };
    const { messages } = chat('q', 'a');
    expect(await first({ messages })).toMatchObject(system);
    expect(await first({ messages: [own, ...messages] })).toMatchObject(own);
    expect(await first({ instruction: 'q', output: 'a' })).toMatchObject(system);
    expect(await first({ prompt: 'q', completion: 'a' })).toMatchObject(system);
    expect(await first({ prompt: 'q', chosen: 'a', rejected: 'b' })).toMatchObject(system);
    expect(await first({ prompt: 'q', completion: 'a', label: true })).toMatchObject(system);
    expect(await first(pair())).toMatchObject(system);
    expect(await first({ text: 'plain' })).toBeNull();
  });
});

describe('files like one another', () => {
  const signature = async (content: string, name = 'a.jsonl') => (await look(content, { name })).signature;

  it('have one signature, whatever the order of their names and however they are read', async () => {
    const one = await signature('a,b\n1,2\n', 'x.csv');
    expect(await signature('b;a\n"3";"4"\n5;6\n', 'y.csv')).toBe(one);
    expect(await signature('a,c\n1,2\n', 'x.csv')).not.toBe(one);
    const { signature: imported } = await bench().import('a,b\n3,4\n', {
      name: 'z.csv',
      mapping: { user: 'a', assistant: 'b' },
    });
    expect(imported).toBe(one);
  });

  it('differ by the fields of their turns', async () => {
    const one = await signature(jsonl({ messages: [{ role: 'user', content: 'x' }] }));
    expect(await signature(jsonl({ messages: [{ role: 'x', content: 'y' }] }))).toBe(one);
    expect(await signature(jsonl({ messages: [{ who: 'x', content: 'y' }] }))).not.toBe(one);
  });
});

it('I01 says of what cannot be read why, as an import does', async () => {
  const folder = join(bench().dir, 'folder.jsonl');
  await mkdir(folder);
  expect(await previewFile(bench().request(folder))).toMatchObject({
    report: { usable_records: 0, problems: [{ type: 'unreadable', error: textWith('folder') }] },
  });
  expect((await look('')).report.problems).toMatchObject([{ type: 'empty_value' }]);
  expect((await look('x'.repeat(100), { maxBytes: 10 })).report.problems).toMatchObject([
    { type: 'file_too_large' },
  ]);
  expect((await look('{}', { encoding: 'klingon' })).report.problems).toMatchObject([
    { type: 'encoding_error' },
  ]);
});
