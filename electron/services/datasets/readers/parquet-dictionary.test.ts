import type { SchemaElement } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { parquetColumns } from './parquet-columns';
import type { ColumnDecoder } from './parquet-converted';
import { pageDictionary } from './parquet-dictionary';

describe('a dictionary', () => {
  it('is not held as values, however many it has', () => {
    const count = 1_000_000;
    const bytes = textBytes(Array.from({ length: count }, (_, place) => `text ${String(place)}`));
    const { heapUsed } = process.memoryUsage();
    const dictionary = pageDictionary(bytes, count, decoderOf(text));
    for (let place = 0; place < count; place += 1000)
      expect(dictionary.at([place, place + 999])).toEqual([
        `text ${String(place)}`,
        `text ${String(place + 999)}`,
      ]);
    expect(process.memoryUsage().heapUsed - heapUsed).toBeLessThan(30_000_000);
  });

  it('has a long text once, however many rows refer to it', () => {
    const dictionary = pageDictionary(textBytes(['x'.repeat(1_000_000)]), 1, decoderOf(text));
    const { heapUsed } = process.memoryUsage();
    const found = Array.from({ length: 1000 }, () => dictionary.at([0])[0]);
    expect(found).toHaveLength(1000);
    expect(process.memoryUsage().heapUsed - heapUsed).toBeLessThan(10_000_000);
  });

  it('has numbers as its column says they are', () => {
    const bytes = Buffer.from(BigInt64Array.of(-1n, 5n).buffer);
    const unsigned = {
      name: 'n',
      type: 'INT64',
      repetition_type: 'OPTIONAL',
      converted_type: 'UINT_64',
    } as const;
    expect(pageDictionary(bytes, 2, decoderOf(unsigned)).at([1, 0, 1])).toEqual([5n, 2n ** 64n - 1n, 5n]);
  });

  it('that lies is refused', () => {
    const bytes = textBytes(['a', 'b']);
    expect(() => pageDictionary(bytes, 3, decoderOf(text))).toThrow(
      'a dictionary ends before its last value',
    );
    expect(() => pageDictionary(bytes.subarray(0, 9), 2, decoderOf(text))).toThrow(
      'ends before its last value',
    );
    expect(() => pageDictionary(bytes, 2, decoderOf(text)).at([2])).toThrow('more than its dictionary has');
    expect(() => pageDictionary(bytes, 2_000_001, decoderOf(text))).toThrow('more than 2,000,000 values');
  });
});

const text: SchemaElement = {
  name: 'text',
  type: 'BYTE_ARRAY',
  repetition_type: 'OPTIONAL',
  converted_type: 'UTF8',
};

function decoderOf(element: SchemaElement): ColumnDecoder {
  const schema = [{ name: 'schema', num_children: 1 }, element];
  const [column] = parquetColumns({ version: 1, schema, num_rows: 0n, row_groups: [], metadata_length: 0 });
  const decoder = column?.leaves[0]?.decoder;
  if (decoder === undefined) throw new Error('the schema has no column');
  return decoder;
}

function textBytes(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((one) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(Buffer.byteLength(one));
      return [length, Buffer.from(one)];
    }),
  );
}
