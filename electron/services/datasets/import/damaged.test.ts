import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { chat, jsonl } from './testing';

const bench = useBench();
const text = jsonl(...Array.from({ length: 40 }, (_, index) => chat(`q ${String(index * 31)}`, 'a')));
const rows = Array.from({ length: 40 }, (_, index) => `q ${String(index)}`);
const table = `question,answer\n${rows.map((row) => `"${row}",a`).join('\n')}`;
const parquet = parquetWriteBuffer({
  columnData: [
    { name: 'question', data: rows, type: 'STRING' },
    { name: 'answer', data: rows, type: 'STRING' },
  ],
  rowGroupSize: 10,
});

const isConsistent = async (bytes: Buffer, name = 'data') => {
  const { report, records, problems } = await bench().import(bytes, { name, maxBytes: 10_000_000 });
  expect(records).toHaveLength(report.usable_records);
  expect(problems).toHaveLength(report.problems_total);
  if (report.usable_records === 0) expect(report.problems_total).toBeGreaterThan(0);
};

describe('a file with wrong bytes anywhere never crashes or hangs an import', () => {
  it.each([
    ['gzip', gzipSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['a table', Buffer.from(table)],
  ])('%s', async (_, whole) => {
    const place = fc.nat({ max: whole.length - 1 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(place, fc.nat({ max: 255 })), { maxLength: 3 }),
        fc.option(place, { freq: 3 }),
        async (changes, end) => {
          const bytes = Buffer.from(whole);
          for (const [at, byte] of changes) bytes[at] = byte;
          await isConsistent(bytes.subarray(0, 1 + (end ?? whole.length)));
        },
      ),
      { numRuns: 60 },
    );
  });

  // Cut only: of lengths that a damaged Parquet file states, its reader believes all.
  it('Parquet that is cut off', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: parquet.byteLength }), (end) =>
        isConsistent(Buffer.from(parquet).subarray(0, end)),
      ),
      { numRuns: 60 },
    );
  });

  it('any bytes under any name', async () => {
    const cell = fc.constantFrom(
      ',',
      '"',
      '\n',
      '\r\n',
      '\t',
      ';',
      'text',
      'question,answer\n',
      '\u0000',
      '---\n',
      'é',
    );
    const texts = fc.array(cell, { maxLength: 40 }).map((cells) => Buffer.from(cells.join('')));
    const bytes = fc.uint8Array({ maxLength: 200 }).map((values) => Buffer.from(values));
    const names = fc.constantFrom('a.csv', 'a.tsv', 'a.txt', 'a.md', 'a.parquet', 'a.jsonl.gz');
    await fc.assert(fc.asyncProperty(fc.oneof(texts, bytes), names, isConsistent), { numRuns: 100 });
  });
});
