import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { kinds, spoken } from './testing';

const bench = useBench();
const utf8 = (text: string) => new TextEncoder().encode(text);
const latin = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

/** A table of two columns of bytes; `told` is what its schema says that they are. */
function table(rows: readonly (readonly [Uint8Array, Uint8Array])[], told: 'UTF8' | undefined): Buffer {
  const names = ['prompt', 'completion'] as const;
  const columns = names.map((name) => ({ name, type: 'BYTE_ARRAY', repetition_type: 'REQUIRED' }) as const);
  return Buffer.from(
    parquetWriteBuffer({
      columnData: names.map((name, index) => ({ name, data: rows.map((row) => row[index]) })),
      schema: [
        { name: 'root', num_children: names.length },
        ...columns.map((column) => ({ ...column, ...(told && { converted_type: told }) })),
      ],
    }),
  );
}

describe('Q1 texts of a Parquet file', () => {
  it('that are no UTF-8 refuse their rows, and are never altered', async () => {
    const rows = [
      [utf8('Grüße?'), utf8('Zurück.')],
      [utf8('Why?'), latin('Café.')],
      [utf8('How?'), utf8('So.')],
    ] as const;
    const { report, records, problems } = await bench().import(table(rows, 'UTF8'));
    expect(report).toMatchObject({ usable_records: 2, rejected_records: 1 });
    expect(kinds(problems)).toEqual(['2 encoding_error error']);
    expect(records.map(({ messages }) => spoken(messages))).toEqual([
      ['user: Grüße?', 'assistant*: Zurück.'],
      ['user: How?', 'assistant*: So.'],
    ]);
  });

  it('are one problem where most of them are in another encoding', async () => {
    const rows = Array.from({ length: 5 }, () => [utf8('Why?'), latin('Café à côté.')] as const);
    const { report } = await bench().import(table(rows, 'UTF8'));
    expect(report.usable_records).toBe(0);
    expect(kinds(report.problems)).toEqual(['1 encoding_error error']);
    const read = await bench().import(table(rows, 'UTF8'), { encoding: 'windows-1252' });
    expect(read.records.map(({ messages }) => messages[1]?.content)).toEqual(rows.map(() => 'Café à côté.'));
  });

  it('that nobody called texts are bytes where they are no UTF-8', async () => {
    const rows = [
      [utf8('Why?'), utf8('So.')],
      [utf8('How?'), latin('Café.')],
    ] as const;
    const { report } = await bench().import(table(rows, undefined));
    expect(report).toMatchObject({ usable_records: 1, rejected_records: 1 });
  });
});
