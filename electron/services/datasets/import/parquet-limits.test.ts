import { isDeepStrictEqual } from 'node:util';
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { parquetSlices } from '../readers/parquet-slices';
import { readParquetRecords } from '../readers/read-parquet';
import type { RawRecord } from '../readers/raw-record';
import { useBench } from './bench-setup';
import { kinds } from './testing';

const bench = useBench();

function table(columns: Readonly<Record<string, string[]>>): Buffer {
  const columnData = Object.entries(columns).map(([name, data]) => ({ name, data, type: 'STRING' as const }));
  return Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 5_000_000 }));
}

const repeated = (text: string, rows: number): string[] => Array.from({ length: rows }, () => text);

const listSchema: SchemaElement[] = [
  { name: 'root', num_children: 1 },
  { name: 'tags', num_children: 1, repetition_type: 'OPTIONAL', converted_type: 'LIST' },
  { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
  { name: 'element', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'UTF8' },
];
const bombs = { GZIP: gzipSync, BROTLI: quickBrotli, ZSTD: zstdCompressSync };

describe('what a Parquet file unpacks to', () => {
  it.each([
    [
      'one long text in every row',
      { prompt: repeated('x'.repeat(10_000), 2000), completion: repeated('y', 2000) },
    ],
    ['many short rows', { prompt: repeated('x', 600_000), completion: repeated('y', 600_000) }],
  ])('is counted, however small it is packed: %s', async (_, columns) => {
    const packed = table(columns);
    const maxBytes = 10_000_000;
    expect(packed.length).toBeLessThan(maxBytes / 10);
    const { report } = await bench().import(packed, { maxBytes });
    expect(kinds(report.problems)).toEqual(['1 file_too_large error']);
    expect(report.problems[0]?.error).toContain('Unpacked, the file has more than 10.0 MB');
    expect(await bench().leftovers()).toEqual([]);
  });

  it('comes a few megabytes at a time, however long its rows are', async () => {
    const path = await bench().write(table({ text: repeated('x'.repeat(1_000_000), 50) }), 'long.parquet');
    const batches: number[] = [];
    for await (const batch of readParquetRecords({ path }, failOnBreak)) batches.push(batch.length);
    expect(Math.max(...batches)).toBeLessThanOrEqual(5);
    expect(batches.reduce((sum, count) => sum + count, 0)).toBe(50);
  });

  it('is the same whether a group is read in parts or not', async () => {
    const rows = 70_000;
    const names = Array.from({ length: 16 }, (_, index) => `c${String(index)}`);
    const columns = Object.fromEntries(
      names.map((name) => [name, Array.from({ length: rows }, (_, row) => `${name} of ${String(row)}`)]),
    );
    const path = await bench().write(table(columns), 'wide.parquet');
    const read: RawRecord[] = [];
    for await (const batch of readParquetRecords({ path }, failOnBreak)) read.push(...batch);
    expect(read.map(({ line }) => line)).toEqual(read.map((_, index) => index + 1));
    expect(read).toHaveLength(rows);
    const isRow = ({ parsed }: RawRecord, row: number) =>
      parsed?.kind === 'value' &&
      JSON.stringify(parsed.value) ===
        JSON.stringify(Object.fromEntries(names.map((name) => [name, `${name} of ${String(row)}`])));
    expect(read.every(isRow)).toBe(true);
  });

  it('is the same also of lists, of a group that is read in parts', async () => {
    const rows = 110_000;
    const numbers = Array.from({ length: 9 }, (_, index) => `n${String(index)}`);
    const tags = Array.from({ length: rows }, (_, row) => [`tag ${String(row)}`, `tag ${String(row + 1)}`]);
    const schema: SchemaElement[] = [
      { name: 'root', num_children: 1 + numbers.length },
      ...numbers.map((name) => ({ name, type: 'INT32', repetition_type: 'REQUIRED' }) as const),
      { name: 'tags', num_children: 1, repetition_type: 'OPTIONAL', converted_type: 'LIST' },
      { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
      { name: 'element', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'UTF8' },
    ];
    const columnData = [
      ...numbers.map((name) => ({ name, data: Int32Array.from({ length: rows }, (_, row) => row) })),
      { name: 'tags', data: tags },
    ];
    const file = Buffer.from(parquetWriteBuffer({ schema, columnData, rowGroupSize: rows }));
    const path = await bench().write(file, 'lists.parquet');
    const values: unknown[] = [];
    for await (const batch of readParquetRecords({ path }, failOnBreak))
      for (const { parsed } of batch) values.push(parsed?.kind === 'value' ? parsed.value : null);
    expect(values).toHaveLength(rows);
    const expected = (row: number) => ({
      ...Object.fromEntries(numbers.map((name) => [name, row])),
      tags: tags[row],
    });
    expect(values.filter((value, row) => !isDeepStrictEqual(value, expected(row)))).toEqual([]);
  });

  it.each([true, false])(
    'is of lists only the pages of some rows, whether the file has an index of its pages or not: %s',
    async (offsetIndex) => {
      const rows = 60_000;
      const data = Array.from({ length: rows }, (_, row) => [String(row).padEnd(400, 'x'), 'a']);
      const columnData = [{ name: 'tags', data, offsetIndex, encoding: 'PLAIN' as const }];
      const packed = parquetWriteBuffer({
        schema: listSchema,
        columnData,
        rowGroupSize: rows,
        codec: 'UNCOMPRESSED',
      });
      const { file, readBytes } = counted(packed);
      const slices = parquetSlices(file, { metadata: parquetMetadata(packed), maxRows: Infinity });
      let after = 0;
      for await (const { first, count, row } of slices) {
        if (first === 0) expect(readBytes() / packed.byteLength).toBeLessThanOrEqual(0.15);
        expect(first).toBe(after);
        for (const index of [0, count - 1]) expect(row(index)).toEqual({ tags: data[first + index] });
        after += count;
      }
      expect(after).toBe(rows);
      expect(readBytes() / packed.byteLength).toBeLessThan(1.1);
    },
  );

  it('is refused of a page that is larger than what is held, whatever the file states of its groups', async () => {
    const file = table({ text: Array.from({ length: 2000 }, (_, row) => String(row).padStart(2000, 'x')) });
    const buffer = new Uint8Array(file).buffer;
    const metadata = parquetMetadata(buffer);
    const row_groups = metadata.row_groups.map((group) => ({ ...group, total_byte_size: 1n }));
    const stated = {
      metadata: { ...metadata, row_groups },
      maxRows: Infinity,
      limits: { maxBytes: 500_000 },
    };
    await expect(parquetSlices(buffer, stated).next()).rejects.toThrow('a page is larger than 500 kB');
  });

  it.each<[keyof typeof bombs]>([['GZIP'], ['BROTLI'], ['ZSTD']])(
    'is no more than a page states: %s',
    async (codec) => {
      const more = Buffer.alloc(100_000_000);
      const pack = bombs[codec];
      const compressors = { [codec]: (page: Uint8Array) => pack(Buffer.concat([page, more])) };
      const columnData = [{ name: 'text', data: ['one', 'two'], type: 'STRING' as const }];
      const file = Buffer.from(parquetWriteBuffer({ columnData, codec, compressors }));
      const { arrayBuffers } = process.memoryUsage();
      const { report } = await bench().import(file);
      expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(more.length / 2);
      expect(kinds(report.problems)).toEqual(['1 unreadable error']);
    },
  );

  it.each<[string, readonly number[], number]>([
    ['a page that is larger than all that stays', [30_000_000], 5],
    ['the large one of two', [2_000_000, 20_000_000], 3],
    ['one of two that are large', [20_000_000, 20_000_000], 4],
  ])('is not unpacked for every few rows: %s', async (_, pages, times) => {
    const rows = 1000;
    const columnData = pages.map((sizeBytes, index) => ({
      name: `c${String(index)}`,
      data: Array.from({ length: rows }, (_row, row) => String(row).padEnd(sizeBytes / rows, 'x')),
      type: 'STRING' as const,
      encoding: 'PLAIN' as const,
    }));
    const packed = parquetWriteBuffer({ columnData, pageSize: 100_000_000, codec: 'UNCOMPRESSED' });
    const { file, readBytes } = counted(packed);
    const limits = { sliceBytes: 1_000_000, heldBytes: 21_000_000, aheadBytes: 10_000_000 };
    let read = 0;
    for await (const { count, row } of parquetSlices(file, {
      metadata: parquetMetadata(packed),
      maxRows: Infinity,
      limits,
    })) {
      expect(row(0)['c0']).toMatch(new RegExp(`^${String(read)}x`));
      read += count;
    }
    expect(read).toBe(rows);
    expect(readBytes() / packed.byteLength).toBeLessThan(times);
  });

  it('is read of a group of any number of rows', async () => {
    const rows = 2_000_001;
    const file = parquetWriteBuffer({
      columnData: [{ name: 'text', data: repeated('x', rows), type: 'STRING' }],
      rowGroupSize: rows,
    });
    let read = 0;
    for await (const { count } of parquetSlices(file, { metadata: parquetMetadata(file), maxRows: Infinity }))
      read += count;
    expect(read).toBe(rows);
  });
});

it('says of a Parquet table of more columns than are read what to do', async () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `c${String(index)}`);
  const { report } = await bench().import(table(Object.fromEntries(names.map((name) => [name, ['x']]))));
  expect(kinds(report.problems)).toEqual(['1 unsupported_content error']);
  expect(report.problems[0]?.error).toBe('The table has 20,000 columns; at most 4,096 are read.');
  expect(await bench().leftovers()).toEqual([]);
});

function quickBrotli(bytes: Buffer): Buffer {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}

/** A file in memory that counts what is read of it. */
function counted(packed: ArrayBuffer) {
  let sizeBytes = 0;
  const slice = (start: number, end = packed.byteLength) => {
    sizeBytes += end - start;
    return packed.slice(start, end);
  };
  return { file: { byteLength: packed.byteLength, slice }, readBytes: () => sizeBytes };
}

function failOnBreak({ reason }: { readonly reason: string }): void {
  throw new Error(reason);
}
