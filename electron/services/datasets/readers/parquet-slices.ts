import type { AsyncBuffer, ColumnMetaData, FileMetaData, RowGroup } from 'hyparquet';
import { parquetColumns } from './parquet-columns';
import type { ParquetColumn } from './parquet-columns';
import type { Leaf } from './parquet-data-page';
import { HeldPages } from './parquet-held-pages';
import { LeafRows } from './parquet-leaf';
import type { Values } from './parquet-converted';

/** Rows that are in memory at once by their columns; `first` is the number of the first of them. */
export interface ParquetSlice {
  readonly first: number;
  readonly count: number;
  readonly row: (index: number) => Readonly<Record<string, unknown>>;
  /** Whether a row has more parts than a record may have; what there is of it is not all. */
  readonly isCut: (index: number) => boolean;
}

export interface SliceLimits {
  /** Of a page, which is unpacked whole, and of a row in one column. */
  readonly maxBytes: number;
  readonly rows: number;
  readonly cells: number;
  /** Of the values of a slice, about. */
  readonly sliceBytes: number;
  /** Of pages that stay unpacked from slice to slice; where there are more, the smallest are unpacked anew. */
  readonly heldBytes: number;
  /** Of values that wait to be taken; some come ahead from pages that do not stay, to unpack those less often. */
  readonly aheadBytes: number;
}

const LIMITS: SliceLimits = {
  maxBytes: 128_000_000,
  rows: 4096,
  cells: 1_000_000,
  sliceBytes: 16 * 1024 * 1024,
  heldBytes: 128_000_000,
  aheadBytes: 48 * 1024 * 1024,
};

interface SliceOptions {
  readonly metadata: FileMetaData;
  readonly maxRows: number;
  /** Of texts that are no UTF-8; unreadable where it is left out. */
  readonly encoding?: string;
  readonly limits?: Partial<SliceLimits>;
}

/** The rows of a file up to a number, a few at a time, whatever the sizes of its groups and pages. */
export async function* parquetSlices(
  file: AsyncBuffer,
  { metadata, maxRows, encoding, limits = {} }: SliceOptions,
): AsyncGenerator<ParquetSlice> {
  const within = { ...LIMITS, ...limits };
  const columns = parquetColumns(metadata, encoding);
  const leaves = columns.flatMap((column) => column.leaves);
  let first = 0;
  for (const group of metadata.row_groups) {
    const end = Math.min(first + Number(group.num_rows), maxRows);
    if (first >= end) continue;
    const readers = leaves.map(
      (leaf, index) =>
        new LeafRows({ file, leaf, meta: chunkOf(group, { leaf, index }), maxBytes: within.maxBytes }),
    );
    const held = new HeldPages(readers, within);
    while (first < end) {
      const count = await fillAll({ readers, held }, end - first, within);
      const cut = new Set(readers.flatMap((reader) => reader.cutRows(count)));
      const taken = readers.map((reader) => reader.take(count, cut));
      yield { first, count, row: rowsOf(columns, taken), isCut: (index) => cut.has(index) };
      first += count;
    }
  }
}

/** The columns of a group are in the order of the schema, unless a writer did not care. */
function chunkOf(
  { columns }: RowGroup,
  { leaf, index }: { readonly leaf: Leaf; readonly index: number },
): ColumnMetaData {
  const path = leaf.decoder.pathInSchema.join('.');
  const isOfLeaf = (chunk: RowGroup['columns'][number] | undefined) =>
    chunk?.meta_data?.path_in_schema.join('.') === path;
  const inOrder = columns[index];
  const chunk = isOfLeaf(inOrder) ? inOrder : columns.find(isOfLeaf);
  if (chunk?.meta_data === undefined) throw new Error(`a group of rows has no column “${path}”`);
  if (chunk.file_path) throw new Error('its columns are in other files');
  return chunk.meta_data;
}

interface GroupReaders {
  readonly readers: readonly LeafRows[];
  readonly held: HeldPages;
}

/** How many rows every column has now. */
async function fillAll({ readers, held }: GroupReaders, left: number, limits: SliceLimits): Promise<number> {
  const sizeBytes = limits.sliceBytes / readers.length;
  let rows = Math.min(left, limits.rows, Math.max(1, Math.floor(limits.cells / readers.length)));
  for (const reader of readers) {
    rows = await reader.fill({ rows, sizeBytes });
    held.keepWithin(reader);
  }
  return rows;
}

function rowsOf(columns: readonly ParquetColumn[], taken: readonly Values[]): ParquetSlice['row'] {
  let next = 0;
  const cells = columns.map(({ name, leaves, assemble }) => {
    const ofLeaves = taken.slice(next, (next += leaves.length));
    return [name, assemble(ofLeaves)] as const;
  });
  return (index) => Object.fromEntries(cells.map(([name, values]) => [name, values[index]]));
}
