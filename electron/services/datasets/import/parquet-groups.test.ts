import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import type { SchemaElement } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { parquetSlices } from '../readers/parquet-slices';
import type { SliceLimits } from '../readers/parquet-slices';

const optional = 'OPTIONAL' as const;
const schema: SchemaElement[] = [
  { name: 'root', num_children: 9 },
  { name: 'text', type: 'BYTE_ARRAY', repetition_type: optional, converted_type: 'UTF8' },
  { name: 'same', type: 'BYTE_ARRAY', repetition_type: optional, converted_type: 'UTF8' },
  { name: 'near', type: 'BYTE_ARRAY', repetition_type: optional, converted_type: 'UTF8' },
  { name: 'plain', type: 'BYTE_ARRAY', repetition_type: 'REQUIRED', converted_type: 'UTF8' },
  { name: 'whole', type: 'INT32', repetition_type: optional },
  { name: 'long', type: 'INT64', repetition_type: optional },
  { name: 'part', type: 'DOUBLE', repetition_type: 'REQUIRED' },
  { name: 'is', type: 'BOOLEAN', repetition_type: optional },
  { name: 'messages', num_children: 1, repetition_type: optional, converted_type: 'LIST' },
  { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
  { name: 'element', num_children: 2, repetition_type: optional },
  { name: 'role', type: 'BYTE_ARRAY', repetition_type: optional, converted_type: 'UTF8' },
  { name: 'tags', num_children: 1, repetition_type: optional, converted_type: 'LIST' },
  { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
  { name: 'element', type: 'INT32', repetition_type: optional },
];

const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const message = fc.record({
  role: fc.option(fc.constantFrom('user', 'assistant')),
  tags: fc.option(fc.array(fc.option(fc.integer({ min: 0, max: 9 })), { maxLength: 3 })),
});
const rowOfAnyKind = fc.record({
  text: fc.option(text),
  same: fc.option(fc.constantFrom('a', 'b', 'c')),
  near: fc.option(text),
  plain: text,
  whole: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  long: fc.option(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n })),
  part: fc.double({ noNaN: true }),
  is: fc.option(fc.boolean()),
  messages: fc.option(fc.array(fc.option(message), { maxLength: 4 })),
});
type Row = typeof rowOfAnyKind extends fc.Arbitrary<infer T> ? T : never;

const written = fc.record({
  rows: fc.array(rowOfAnyKind, { minLength: 1, maxLength: 60 }),
  pageSize: fc.integer({ min: 1, max: 400 }),
  rowGroupSize: fc.integer({ min: 1, max: 60 }),
  codec: fc.constantFrom('UNCOMPRESSED', 'SNAPPY', 'GZIP', 'ZSTD'),
});
const limits = fc.record({
  rows: fc.integer({ min: 1, max: 70 }),
  cells: fc.integer({ min: 1, max: 1000 }),
  sliceBytes: fc.integer({ min: 1, max: 5000 }),
  heldBytes: fc.constantFrom(0, 300, 1_000_000),
});

type Written = typeof written extends fc.Arbitrary<infer T> ? T : never;

describe('a Parquet file', () => {
  it('is the same read whole and in slices, whatever the sizes of its groups and pages', async () => {
    await fc.assert(
      fc.asyncProperty(written, limits, async (table, within) => {
        const file = fileOf(table);
        expect(await sliced(file, within)).toEqual(await whole(file));
      }),
      { numRuns: 150 },
    );
  });

  it('of any damage ends, in rows or in words', async () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(written, damage, async (table, changes) => {
        const bytes = new Uint8Array(fileOf(table));
        // What the file says at its end stays; what its pages say does not.
        const pages = bytes.length - parquetMetadata(bytes.buffer).metadata_length - 8;
        for (const [at, value] of changes) bytes[4 + (at % (pages - 4))] = value;
        const read = sliced(bytes.buffer, {}).then(
          (rows) => rows.length === table.rows.length,
          (error: unknown) => error instanceof Error,
        );
        expect(await read).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

function fileOf({ rows, codec, ...sizes }: Written): ArrayBuffer {
  const column = (name: keyof Row) => ({ name, data: rows.map((row) => row[name]) });
  return parquetWriteBuffer({
    schema,
    codec,
    compressors: { GZIP: (page) => gzipSync(page), ZSTD: (page) => zstdCompressSync(page) },
    columnData: [
      { ...column('text'), encoding: 'DELTA_LENGTH_BYTE_ARRAY' },
      { ...column('same'), encoding: 'RLE_DICTIONARY' },
      { ...column('near'), encoding: 'DELTA_BYTE_ARRAY' },
      { ...column('plain'), encoding: 'PLAIN' },
      { ...column('whole'), encoding: 'DELTA_BINARY_PACKED' },
      { ...column('long'), encoding: 'DELTA_BINARY_PACKED' },
      { ...column('part'), encoding: 'BYTE_STREAM_SPLIT' },
      column('is'),
      column('messages'),
    ],
    ...sizes,
  });
}

async function sliced(file: ArrayBuffer, within: Partial<SliceLimits>): Promise<unknown[]> {
  const rows: unknown[] = [];
  const options = { metadata: parquetMetadata(file), maxRows: Infinity, limits: within };
  for await (const { count, row } of parquetSlices(file, options))
    for (let index = 0; index < count; index += 1) rows.push(row(index));
  return rows;
}

async function whole(file: ArrayBuffer): Promise<unknown[]> {
  return await parquetReadObjects({ file, compressors });
}
