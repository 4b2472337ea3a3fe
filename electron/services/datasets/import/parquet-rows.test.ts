import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { kinds } from './testing';

const bench = useBench();

const optional = 'OPTIONAL' as const;
const field = (name: string, type: 'BYTE_ARRAY' | 'INT32' = 'BYTE_ARRAY'): SchemaElement => ({
  name,
  type,
  repetition_type: optional,
  ...(type === 'BYTE_ARRAY' ? { converted_type: 'UTF8' as const } : {}),
});
const listOf = (name: string, element: readonly SchemaElement[]): SchemaElement[] => [
  { name, num_children: 1, repetition_type: optional, converted_type: 'LIST' },
  { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
  ...element,
];
const objectOf = (...children: readonly SchemaElement[]): SchemaElement[] => [
  { name: 'element', num_children: 3, repetition_type: optional },
  ...children,
];
const schema: SchemaElement[] = [
  { name: 'root', num_children: 1 },
  ...listOf(
    'messages',
    objectOf(field('role'), field('content'), ...listOf('notes', [field('element', 'INT32')])),
  ),
];

interface Turn {
  readonly role: string;
  readonly content: string;
  readonly notes?: readonly number[];
}
const turns = (pairs: number): Turn[] =>
  Array.from({ length: 2 * pairs }, (_, turn) =>
    turn % 2 === 0 ? { role: 'user', content: 'Why?' } : { role: 'assistant', content: 'Because.' },
  );

function conversations(rows: readonly (readonly Turn[])[]): Buffer {
  return Buffer.from(parquetWriteBuffer({ schema, columnData: [{ name: 'messages', data: [...rows] }] }));
}

describe('a row of more parts than a record may have', () => {
  it.each<[string, readonly Turn[]]>([
    ['a few more', turns(50_000)],
    ['more turns than there may be parts', turns(150_000)],
  ])('is refused by itself, and the others are read: %s', async (_, long) => {
    const rows = [turns(1), turns(2), long, turns(3), turns(1)];
    const { report, records } = await bench().import(conversations(rows), { name: 'a.parquet' });
    expect(kinds(report.problems)).toEqual(['3 line_too_long error']);
    expect(report.problems[0]?.error).toBe(
      'The record holds more than 200,000 objects, lists and fields, so it was skipped.',
    );
    expect(records.map(({ messages }) => messages.length)).toEqual([2, 4, 6, 2]);
  });

  it('is refused also where they are in one of its columns of values', async () => {
    const nested = [
      { name: 'root', num_children: 2 },
      field('text'),
      ...listOf('lists', listOf('element', [field('element', 'INT32')])),
    ];
    const lists = Array.from({ length: 300_000 }, () => [1]);
    const columnData = [
      { name: 'text', data: ['one', 'two', 'three'] },
      { name: 'lists', data: [[[1]], lists, [[1], [2]]] },
    ];
    const file = Buffer.from(parquetWriteBuffer({ schema: nested, columnData }));
    const read = await bench().import(file, { name: 'a.parquet' });
    expect(kinds(read.report.problems)).toContain('2 line_too_long error');
    expect(read.records.map(({ text }) => text)).toEqual(['one', 'three']);
  });
});

it('reads a row of a list of many numbers, which are no parts', async () => {
  const notes = (length: number): Turn[] =>
    turns(1).map((turn) => ({ ...turn, notes: Array.from({ length }, (_value, index) => index) }));
  const { report } = await bench().import(conversations([notes(300_000), notes(2)]), { name: 'a.parquet' });
  expect(report).toMatchObject({ usable_records: 2, problems_total: 0 });
});

it('refuses a row that is nested deeper than a record may be by itself', async () => {
  const depth = 80;
  const path = Array.from({ length: depth }, (_, level) => `l${String(level)}`);
  const deep: SchemaElement[] = [
    { name: 'root', num_children: 2 },
    field('text'),
    ...path.map((name) => ({ name, num_children: 1, repetition_type: optional })),
    field('end'),
  ];
  const value = path.slice(1).reduceRight<unknown>((inner, name) => ({ [name]: inner }), { end: 'x' });
  const columnData = [
    { name: 'text', data: ['one', 'two', 'three'] },
    { name: 'l0', data: [null, value, null] },
  ];
  const { report, records } = await bench().import(
    Buffer.from(parquetWriteBuffer({ schema: deep, columnData })),
    { name: 'a.parquet' },
  );
  expect(kinds(report.problems)).toContain('2 too_deep error');
  expect(records.map(({ text }) => text)).toEqual(['one', 'three']);
});

it('leaves JSON of a column that is too much the text that it is', async () => {
  const written = ['{"a":1}', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, `[${'[],'.repeat(300_000)}[]]`];
  const json: SchemaElement[] = [
    { name: 'root', num_children: 2 },
    field('text'),
    { name: 'meta', type: 'BYTE_ARRAY', repetition_type: optional, converted_type: 'JSON' },
  ];
  const columnData = [
    { name: 'text', data: written.map((_, row) => `text ${String(row)}`) },
    { name: 'meta', data: written.map((text) => Buffer.from(text)) },
  ];
  const file = Buffer.from(parquetWriteBuffer({ schema: json, columnData }));
  const { report } = await bench().import(file, { name: 'a.parquet' });
  expect(report).toMatchObject({ usable_records: 3, problems_total: 0 });
});
