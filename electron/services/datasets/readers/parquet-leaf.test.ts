import fc from 'fast-check';
import type { ColumnMetaData, PageHeader, SchemaElement } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { encodeNestedValues } from 'hyparquet-writer/src/dremel.js';
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js';
import { writePlain } from 'hyparquet-writer/src/plain.js';
import { describe, expect, it } from 'vitest';
import { parquetColumns } from './parquet-columns';
import type { ParquetColumn } from './parquet-columns';
import { LeafRows } from './parquet-leaf';

type Turn = { readonly role: string | null; readonly content: string | null } | null;
type Row = readonly Turn[] | null;

const schema: SchemaElement[] = [
  { name: 'schema', num_children: 1 },
  { name: 'messages', num_children: 1, repetition_type: 'OPTIONAL', converted_type: 'LIST' },
  { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
  { name: 'element', num_children: 2, repetition_type: 'OPTIONAL' },
  { name: 'role', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'UTF8' },
  { name: 'content', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'UTF8' },
];

const word = fc.option(fc.string({ maxLength: 6 }));
const rowsOfAnyKind: fc.Arbitrary<Row[]> = fc.array(
  fc.option(fc.array(fc.option(fc.record({ role: word, content: word })), { maxLength: 5 })),
  { minLength: 1, maxLength: 30 },
);
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });

describe('the rows of lists', () => {
  it('are the same wherever pages are broken and however many are taken at a time', async () => {
    const cuts = fc.record({ rows: rowsOfAnyKind, role: sizes, content: sizes, taken: sizes });
    await fc.assert(
      fc.asyncProperty(cuts, async ({ rows, role, content, taken }) => {
        const column = messagesColumn();
        const leaves = [
          pagesOf(column, { rows, leaf: 0, sizes: role }),
          pagesOf(column, { rows, leaf: 1, sizes: content }),
        ];
        const readers = leaves.map((pages, leaf) => readerOf(column, leaf, pages));
        const read: unknown[] = [];
        for (let step = 0; read.length < rows.length; step += 1) {
          let count = Math.min(taken[step % taken.length] ?? 1, rows.length - read.length);
          for (const reader of readers) count = await reader.fill({ rows: count, sizeBytes: 100 });
          read.push(...column.assemble(readers.map((reader) => reader.take(count, NONE))));
          if (step % 2 === 0) for (const reader of readers) reader.release();
        }
        expect(normal(read)).toEqual(normal(rows));
      }),
    );
  });
});

const NONE: ReadonlySet<number> = new Set();
const text = (content: string): Row => [{ role: 'user', content }];
const told = {
  num_values: 1,
  encoding: 'PLAIN',
  definition_level_encoding: 'RLE',
  repetition_level_encoding: 'RLE',
} as const;
const levels = (more: Partial<NonNullable<PageHeader['data_page_header']>>): Partial<PageHeader> => ({
  data_page_header: { ...told, ...more },
});

describe('a page that lies', () => {
  it.each<[string, Partial<PageHeader>, string]>([
    ['about its length', { compressed_page_size: 1_000_000 }, 'ends beyond its column'],
    ['with a negative length', { compressed_page_size: -40 }, 'makes no sense'],
    ['with a negative unpacked length', { uncompressed_page_size: -1 }, 'makes no sense'],
    ['with a length of gigabytes', { uncompressed_page_size: 2_000_000_000 }, 'larger than 100 MB'],
    ['about the number of its values', levels({ num_values: 2_000_000_000 }), 'ends before its last value'],
    ['with a negative number of values', levels({ num_values: -1 }), 'makes no sense'],
    ['about a dictionary', levels({ encoding: 'RLE_DICTIONARY' }), 'a dictionary that its column has not'],
  ])('%s is refused', async (_, lie, said) => {
    const column = messagesColumn();
    const bytes = pagesOf(column, { rows: [text('one'), text('two')], leaf: 1, sizes: [9], lie });
    const read = async () => {
      const reader = readerOf(column, 1, bytes);
      const count = await reader.fill({ rows: 40, sizeBytes: 1000 });
      return reader.take(count, NONE);
    };
    await expect(read()).rejects.toThrow(said);
  });

  it('with a row without end is refused once it has more values than are held', async () => {
    const column = messagesColumn();
    const forever = new ByteWriter();
    const runs = [
      run({ value: 0, count: 1 }, { value: 1, count: 500_000_000 }),
      run({ value: 0, count: 500_000_001 }),
    ];
    for (const bytes of runs) {
      forever.appendUint32(bytes.length);
      forever.appendBytes(bytes);
    }
    const bytes = page(forever.getBytes(), levels({ num_values: 500_000_001 }));
    await expect(readerOf(column, 1, bytes).fill({ rows: 1, sizeBytes: 1000 })).rejects.toThrow(
      'a row has more than 5,000,000 values in the column “messages.list.element.content”',
    );
  });

  it('with fewer rows than its group is told', async () => {
    const column = messagesColumn();
    const reader = readerOf(column, 1, pagesOf(column, { rows: [text('one')], leaf: 1, sizes: [9] }));
    reader.take(await reader.fill({ rows: 4, sizeBytes: 1000 }), NONE);
    await expect(reader.fill({ rows: 1, sizeBytes: 1000 })).rejects.toThrow('ends before its last row');
  });
});

function messagesColumn(): ParquetColumn {
  const [column] = parquetColumns({ version: 1, schema, num_rows: 0n, row_groups: [], metadata_length: 0 });
  if (column === undefined) throw new Error('the schema has no column');
  return column;
}

function readerOf({ leaves }: ParquetColumn, index: number, bytes: Uint8Array): LeafRows {
  const leaf = leaves[index];
  if (leaf === undefined) throw new Error('the column has no such leaf');
  const file = new Uint8Array([...new TextEncoder().encode('PAR1'), ...bytes]).buffer;
  const meta: ColumnMetaData = {
    type: 'BYTE_ARRAY',
    encodings: ['PLAIN'],
    path_in_schema: leaf.decoder.pathInSchema,
    codec: 'UNCOMPRESSED',
    num_values: 0n,
    total_uncompressed_size: BigInt(bytes.length),
    total_compressed_size: BigInt(bytes.length),
    data_page_offset: 4n,
  };
  return new LeafRows({ file, leaf, meta, maxBytes: 100_000_000 });
}

interface Written {
  readonly rows: readonly Row[];
  readonly leaf: number;
  /** Entries of its pages, by turns. */
  readonly sizes: readonly number[];
  readonly lie?: Partial<PageHeader>;
}

/** Pages of the first kind, which may be broken inside a row. */
function pagesOf({ leaves }: ParquetColumn, { rows, leaf, sizes: ofPages, lie }: Written): Uint8Array {
  const path = leaves[leaf]?.decoder.schemaPath ?? [];
  const { repetitionLevels, definitionLevels, values } = encodeNestedValues(path, [...rows]);
  const pages: Uint8Array[] = [];
  for (let start = 0, step = 0; start < repetitionLevels.length; step += 1) {
    const end = start + (ofPages[step % ofPages.length] ?? 1);
    const body = new ByteWriter();
    appendLevels(body, repetitionLevels.slice(start, end), 1);
    appendLevels(body, definitionLevels.slice(start, end), 3);
    const present = Array.from(values.slice(start, end)).filter((value) => typeof value === 'string');
    const encoder = new TextEncoder();
    writePlain(
      body,
      present.map((value) => encoder.encode(value)),
      'BYTE_ARRAY',
      undefined,
    );
    const count = Math.min(end, repetitionLevels.length) - start;
    pages.push(page(body.getBytes(), { ...levels({ num_values: count }), ...lie }));
    start = end;
  }
  return Buffer.concat(pages);
}

function appendLevels(body: ByteWriter, ofEntries: number[], width: number): void {
  const packed = new ByteWriter();
  writeRleBitPackedHybrid(packed, ofEntries, width);
  body.appendUint32(packed.offset);
  body.appendBytes(packed.getBytes());
}

function page(body: Uint8Array, more: Partial<PageHeader>): Uint8Array {
  const writer = new ByteWriter();
  const size = { uncompressed_page_size: body.length, compressed_page_size: body.length };
  writePageHeader(writer, { type: 'DATA_PAGE', data_page_header: told, ...size, ...more });
  writer.appendBytes(body);
  return writer.getBytes();
}

function run(...parts: readonly { readonly value: number; readonly count: number }[]): Uint8Array {
  const writer = new ByteWriter();
  for (const { value, count } of parts) {
    writer.appendVarInt(count * 2);
    writer.appendUint8(value);
  }
  return writer.getBytes();
}

/** The library says undefined where there is no value. */
function normal(rows: readonly unknown[]): unknown {
  return JSON.parse(JSON.stringify(rows, (_, value: unknown) => value ?? null));
}
