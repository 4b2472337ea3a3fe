import { isUtf8 } from 'node:buffer';
import { parquetScan, parquetSchema } from 'hyparquet';
import type {
  AsyncBuffer,
  ColumnChunk,
  Compressors,
  FileMetaData,
  ParquetParsers,
  ParquetRowRange,
  ParquetScan,
  RowGroup,
  SchemaElement,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { formatBytes, formatCount } from '../../../../src/lib/messages/format';
import { UnreadableText } from './plain-value';

/** Rows that are in memory at once by their columns; `first` is the number of the first of them. */
export interface ParquetSlice {
  readonly first: number;
  readonly count: number;
  readonly row: (index: number) => Readonly<Record<string, unknown>>;
}

const MAX_GROUP_BYTES = 256_000_000;
/** Of one column: its reader holds a page, with all that it needs around each value, and a page may be a group. */
const MAX_GROUP_VALUES = 2_000_000;
const SLICE_BYTES = 32 * 1024 * 1024;
const SLICE_CELLS = 1_000_000;

export interface ParquetColumn {
  readonly name: string;
  /** Whether its cells are lists or objects: without an index of its pages all of a group is read for any part. */
  readonly isNested: boolean;
}

export function parquetColumns(metadata: FileMetaData): ParquetColumn[] {
  return parquetSchema(metadata).children.map(({ element, children }) => ({
    name: element.name,
    isNested: children.length > 0,
  }));
}

interface SliceOptions {
  readonly metadata: FileMetaData;
  readonly maxRows: number;
  readonly maxGroupBytes?: number;
  /** Of texts that are no UTF-8; unreadable where it is left out. */
  readonly encoding?: string;
}

/** The rows of a file up to a number, a part of a group at a time and of that one column after the other. */
export async function* parquetSlices(
  file: AsyncBuffer,
  { metadata, maxRows, maxGroupBytes = MAX_GROUP_BYTES, encoding = 'utf-8' }: SliceOptions,
): AsyncGenerator<ParquetSlice> {
  const unpacking = new Unpacking(maxGroupBytes);
  const columns: ColumnScan[] = [];
  for (const { metadata: ofColumn, ...column } of columnMetadata(metadata))
    columns.push({
      ...column,
      groups: ofColumn.row_groups,
      scan: await parquetScan({
        file,
        metadata: ofColumn,
        compressors: unpacking.compressors,
        parsers: parsersFor(ofColumn, encoding),
      }),
    });
  let start = 0;
  for (const [index, group] of metadata.row_groups.entries()) {
    if (start >= maxRows) return;
    refuseLargeGroup(group, maxGroupBytes);
    const size = sliceRows(group, columns.length);
    const end = Math.min(start + Number(group.num_rows), maxRows);
    const slices = Math.ceil((end - start) / size);
    for (let first = start; first < end; first += size) {
      unpacking.begin();
      const slice = { rowStart: first, rowEnd: Math.min(first + size, end) };
      yield await sliceOf(columns, { slice, group: { index, slices, rowStart: start, rowEnd: end } });
    }
    start += Number(group.num_rows);
  }
}

/** Texts as they are, or not at all: the library would put U+FFFD for every byte that is no UTF-8. */
function parsersFor({ schema }: FileMetaData, encoding: string): Partial<ParquetParsers> {
  const isText = schema.every((element) => element.type !== 'BYTE_ARRAY' || isDeclaredText(element));
  const decoder = encoding === 'utf-8' ? null : new TextDecoder(encoding);
  return {
    stringFromBytes: (bytes: Uint8Array | undefined) => {
      if (bytes === undefined) return undefined;
      if (isUtf8(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
      // What nobody called a text may be an image.
      if (!isText) return bytes;
      // The bytes lie in those of a whole page.
      return decoder?.decode(bytes) ?? new UnreadableText(Uint8Array.from(bytes));
    },
  };
}

function isDeclaredText({ converted_type, logical_type }: SchemaElement): boolean {
  return converted_type === 'UTF8' || logical_type?.type === 'STRING';
}

interface ColumnScan extends ParquetColumn {
  readonly groups: readonly RowGroup[];
  readonly scan: ParquetScan;
}

/** What the file says of each column alone: its reader goes through all that is said for each of them. */
function columnMetadata(metadata: FileMetaData): (ParquetColumn & { readonly metadata: FileMetaData })[] {
  const chunks = chunksByColumn(metadata);
  const [root, ...elements] = metadata.schema;
  let at = 0;
  return parquetSchema(metadata).children.map(({ element, children, count }) => {
    const own = elements.slice(at, (at += count));
    const { name } = element;
    const row_groups = metadata.row_groups.map((group, index) => ({
      ...group,
      columns: chunks.get(name)?.get(index) ?? [],
    }));
    const schema = [{ name: '', ...root, num_children: 1 }, ...own];
    return { name, isNested: children.length > 0, metadata: { ...metadata, schema, row_groups } };
  });
}

function chunksByColumn({ row_groups }: FileMetaData): Map<string, Map<number, ColumnChunk[]>> {
  const chunks = new Map<string, Map<number, ColumnChunk[]>>();
  for (const [index, { columns }] of row_groups.entries())
    for (const chunk of columns) {
      const name = chunk.meta_data?.path_in_schema[0] ?? '';
      const ofColumn = chunks.get(name) ?? new Map<number, ColumnChunk[]>();
      const ofGroup = ofColumn.get(index) ?? [];
      ofGroup.push(chunk);
      chunks.set(name, ofColumn.set(index, ofGroup));
    }
  return chunks;
}

type Unpack = NonNullable<Compressors[keyof Compressors]>;

/** Counts what is really unpacked of one part: a file may state less. */
class Unpacking {
  readonly compressors: Compressors;
  private bytes = 0;

  constructor(maxBytes: number) {
    const counted = Object.entries(compressors).map(([codec, unpack]): [string, Unpack] => [
      codec,
      (packed: Uint8Array, length: number) => {
        this.bytes += length;
        if (this.bytes > maxBytes) throw groupTooLarge(maxBytes);
        return unpack(packed, length);
      },
    ]);
    this.compressors = Object.fromEntries<Unpack>(counted);
  }

  begin(): void {
    this.bytes = 0;
  }
}

function groupTooLarge(maxBytes: number): Error {
  return new Error(`a group of rows is larger than ${formatBytes(maxBytes)}; write smaller groups`);
}

function refuseLargeGroup({ total_byte_size, num_rows, columns }: RowGroup, maxBytes: number): void {
  if (Number(total_byte_size) > maxBytes) throw groupTooLarge(maxBytes);
  const values = columns.map((column) => Number(column.meta_data?.num_values ?? 0));
  if (values.reduce((most, count) => Math.max(most, count), Number(num_rows)) > MAX_GROUP_VALUES)
    throw new Error(
      `a group of rows has more than ${formatCount(MAX_GROUP_VALUES)} values in a column; write smaller groups`,
    );
}

function sliceRows({ total_byte_size, num_rows }: RowGroup, columns: number): number {
  const rows = Number(num_rows);
  const slices = Math.max(Number(total_byte_size) / SLICE_BYTES, (rows * columns) / SLICE_CELLS, 1);
  return Math.max(1, Math.ceil(rows / Math.ceil(slices)));
}

async function sliceOf(
  columns: readonly ColumnScan[],
  {
    slice,
    group,
  }: { slice: ParquetRowRange; group: ParquetRowRange & { readonly index: number; readonly slices: number } },
): Promise<ParquetSlice> {
  const cells: (readonly [string, ArrayLike<unknown>])[] = [];
  const { rowStart, rowEnd } = group;
  for (const { name: column, isNested, groups, scan } of columns) {
    // What is read first is kept, and its parts are taken from that.
    if (isNested && !hasPagesFor(groups[group.index], group.slices))
      await scan.readColumn({ column, rowStart, rowEnd });
    cells.push([column, await scan.readColumn({ column, ...slice })]);
  }
  const row = (index: number) => Object.fromEntries(cells.map(([column, values]) => [column, values[index]]));
  return { first: slice.rowStart, count: slice.rowEnd - slice.rowStart, row };
}

/** Of an index, at most. */
const BYTES_OF_A_PAGE = 20;

/** Whether the pages with some rows can be found, and are so small that none is unpacked for many slices. */
function hasPagesFor(group: RowGroup | undefined, slices: number): boolean {
  const isFine = ({ offset_index_length = 0 }: ColumnChunk) =>
    offset_index_length >= slices * BYTES_OF_A_PAGE;
  return group?.columns.every(isFine) ?? false;
}
