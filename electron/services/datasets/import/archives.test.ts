import { Readable } from 'node:stream';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { unpack } from '../readers/unpack';
import { useBench } from './bench-setup';
import { textWith } from './matchers';
import { chat, dialogue, jsonl, kinds, spoken } from './testing';

const bench = useBench();
const records = Array.from({ length: 200 }, (_, index) =>
  chat(`question ${String(index * 7919)}`, `answer ${String(index)}`),
);
const text = jsonl(...records);
const archives = [
  ['gzip', (bytes: Buffer) => gzipSync(bytes)],
  ['zstd', (bytes: Buffer) => zstdCompressSync(bytes)],
] as const;

describe.each(archives)('Q2 %s', (name, pack) => {
  it.each([
    ['JSONL', text],
    ['a list', JSON.stringify(records)],
    ['an object with one list', JSON.stringify({ data: records }, null, 1)],
    ['a table', `instruction,output\n${records.map((_, index) => `q${String(index)},a`).join('\n')}`],
  ])('of %s', async (_, content) => {
    const { report } = await bench().import(pack(Buffer.from(content)), { name: 'data' });
    expect(report).toMatchObject({ usable_records: 200, problems_total: 0 });
    expect(report.reason).toContain(name);
  });

  it.each(['txt', 'md'])('Q17 of a plain text, named for what is inside: .%s', async (ending) => {
    const content = pack(Buffer.from('# Head\n\nA paragraph of prose.\n'));
    const suffix = name === 'gzip' ? 'gz' : 'zst';
    const { report, records: read } = await bench().import(content, { name: `book.${ending}.${suffix}` });
    expect(report).toMatchObject({ shape: 'I', kind: 'text', usable_records: 1 });
    expect(read[0]?.text).toBe('# Head\n\nA paragraph of prose.');
    expect((await bench().import(content, { name: `book.${suffix}` })).report.usable_records).toBe(0);
  });

  it('of UTF-16, of several members, and of one line without end', async () => {
    const wide = await bench().import(pack(Buffer.from(`\ufeff${text}`, 'utf16le')));
    expect(wide.report.usable_records).toBe(200);
    const twice = await bench().import(
      Buffer.concat([pack(Buffer.from(`${text}\n`)), pack(Buffer.from(text))]),
    );
    expect(twice.report.usable_records).toBe(400);
    expect((await bench().import(pack(Buffer.from(jsonl(records[0]))))).report.usable_records).toBe(1);
  });

  it('Q17 keeps whole lines before the break of a truncated one, with the error', async () => {
    const many = Array.from({ length: 6000 }, (_, index) => chat(`q ${String(index * 7919)}`, 'a'));
    const packed = pack(Buffer.from(jsonl(...many)));
    const { report, problems } = await bench().import(packed.subarray(0, Math.floor(packed.length * 0.6)));
    expect(report.usable_records).toBeGreaterThan(0);
    expect(report.usable_records).toBeLessThan(6000);
    expect(report.rejected_records).toBe(0);
    expect(kinds(problems)).toEqual([`${String(report.usable_records + 1)} unreadable error`]);
  });

  it('I01 stops a bomb at the limit of the unpacked stream and leaves nothing', async () => {
    const bomb = pack(Buffer.alloc(64 * 1024 * 1024, '[\n'));
    const { report, versionDir } = await bench().import(bomb, { maxBytes: 1024 * 1024 });
    expect(kinds(report.problems)).toEqual(['1 file_too_large error']);
    expect(report.problems[0]?.error).toBe('Unpacked, the file has more than 1.0 MB; at most that is read.');
    expect(versionDir).toBeNull();
    expect(await bench().leftovers()).toEqual([]);
  });

  it('says when there is another archive inside, or only the beginning of one', async () => {
    const inside = await bench().import(pack(pack(Buffer.from(text))));
    expect(inside.report.problems[0]?.error).toContain('inside an archive');
    const stump = await bench().import(pack(Buffer.from(text)).subarray(0, 8));
    expect(stump.report).toMatchObject({ usable_records: 0 });
    expect(kinds(stump.report.problems)).toEqual(['1 unreadable error']);
    expect(stump.report.problems[0]?.error).toContain('the archive is cut off or damaged');
  });
});

it('Q17 keeps whole lines before a damage in the first pieces of a gzip archive', async () => {
  const packed = gzipSync(text);
  packed.fill(0xff, Math.floor(packed.length / 2));
  const { report, problems } = await bench().import(packed);
  expect(report.usable_records).toBeGreaterThan(50);
  expect(report.usable_records).toBeLessThan(200);
  expect(kinds(problems)).toContainEqual(textWith('unreadable error'));
});

const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const GIB_IN_FOUR_BYTES = [0, 0, 0, 0x40];

it.each([
  ['by its window', [0x00, 16 << 3]],
  ['by a content in one segment', [0xa0, ...GIB_IN_FOUR_BYTES]],
])('refuses a zstd frame that asks for much memory %s, and says so', async (_, header) => {
  const frame = Buffer.concat([Buffer.from([...ZSTD_MAGIC, ...header]), Buffer.alloc(40)]);
  const { report } = await bench().import(frame);
  expect(report.usable_records).toBe(0);
  expect(kinds(report.problems)).toEqual(['1 unreadable error']);
  expect(report.problems[0]?.error).toContain('a window of more than 32 MiB, which takes more memory');
  expect(report.problems[0]?.suggestion).toContain('“zstd -d --long=31”');
});

it.each([0, 15])('reads a zstd archive that begins with a frame to be skipped (%i)', async (kind) => {
  const skipped = Buffer.from([0x50 + kind, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  const { report } = await bench().import(Buffer.concat([skipped, zstdCompressSync(Buffer.from(text))]));
  expect(report).toMatchObject({ usable_records: 200, problems_total: 0 });
  expect(report.reason).toContain('unpacked from zstd');
});

it('reads a zstd frame whose window is the largest that is safe', async () => {
  const params = { [constants.ZSTD_c_windowLog]: 25 };
  const { report } = await bench().import(zstdCompressSync(Buffer.from(text), { params }));
  expect(report.usable_records).toBe(200);
});

it('unpacks a zstd bomb of repeated bytes a little at a time', async () => {
  const repeated = [0x02, 0x00, 0x10, 0x61];
  const blocks = Array.from({ length: 4000 }, () => repeated).flat();
  const frame = Buffer.from([...ZSTD_MAGIC, 0x00, 7 << 3, ...blocks, 0x01, 0x00, 0x00]);
  const before = process.memoryUsage().arrayBuffers;
  // All 500 MB would be there by now; later ones count what was let go, too.
  const first = await unpack(() => Readable.from([frame]), 'zstd').next();
  expect(first.value).toHaveLength(128 * 1024);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(128 * 1024 * 1024);
});

describe('Parquet', () => {
  const write = (
    columnData: Parameters<typeof parquetWriteBuffer>[0]['columnData'],
    rowGroupSize = 100_000,
  ) => Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize }));

  it('reads rows by groups, with the number of the row for a line', async () => {
    const { report, records: read } = await bench().import(
      write(
        [
          { name: 'instruction', data: ['a', 'b', ''], type: 'STRING' },
          { name: 'output', data: ['x', 'y', 'z'], type: 'STRING' },
        ],
        2,
      ),
    );
    expect(report).toMatchObject({ shape: 'J', format: 'table', usable_records: 2, rejected_records: 1 });
    expect(report.problems[0]).toMatchObject({ line: 3, path: '/2/instruction', type: 'empty_value' });
    expect(read.map(({ source_line, messages }) => [source_line, messages[0]?.content])).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
  });

  it('reads lists of messages, numbers and what is missing', async () => {
    const messages = records.slice(0, 2).map(({ messages: turns }) => turns);
    const { report, records: read } = await bench().import(
      write([
        { name: 'messages', data: messages, type: 'JSON' },
        { name: 'score', data: [1n, 2n], type: 'INT64' },
      ]),
    );
    expect(report).toMatchObject({ shape: 'J', kind: 'sft', usable_records: 2 });
    expect(dialogue(read[1])).toEqual(['user: question 7919', 'assistant*: answer 1']);
  });

  it('takes a mapping', async () => {
    const file = write([
      { name: 'wish', data: ['q'], type: 'STRING' },
      { name: 'good', data: ['yes'], type: 'STRING' },
      { name: 'bad', data: ['no'], type: 'STRING' },
    ]);
    const { records: read } = await bench().import(file, {
      mapping: { prompt: 'wish', chosen: 'good', rejected: 'bad' },
    });
    expect(spoken(read[0]?.rejected)).toEqual(['assistant*: no']);
  });

  it.each([
    ['nothing but its mark', Buffer.from('PAR1xxxxxxxxxxxxPAR1')],
    ['half of it', write([{ name: 'text', data: ['a', 'b'], type: 'STRING' }]).subarray(0, 40)],
    ['its mark alone', Buffer.from('PAR1')],
    ['an empty description', Buffer.from('PAR1\0\u0001\0\0\0PAR1')],
  ])('names a damaged file: %s', async (_, bytes) => {
    const { report } = await bench().import(bytes);
    expect(kinds(report.problems)).toEqual(['1 unreadable error']);
    expect(report.problems[0]?.error).not.toMatch(/undefined|DataView|is not a function|typed array/);
  });
});
