import type { PageHeader } from 'hyparquet';
import { RunReader } from './parquet-runs';
import type { PageBytes } from './parquet-runs';
import { valuesOf } from './parquet-values';
import type { ColumnDecoder, Values } from './parquet-converted';
import type { Dictionary, PageValues } from './parquet-values';

/** A column of values that the file holds; lists and objects have several. */
export interface Leaf {
  readonly decoder: ColumnDecoder;
  /** Levels of lists around a value; 0 where each row has one entry. */
  readonly maxRepetition: number;
  readonly maxDefinition: number;
}

/** Some entries of a page: at which level each begins a list, how far it is defined, and the values that are no null. */
export interface Entries {
  readonly count: number;
  readonly repetition: readonly number[];
  readonly definition: readonly number[];
  readonly values: Values;
}

interface WrittenPage {
  readonly header: PageHeader;
  readonly bytes: Uint8Array;
  readonly leaf: Leaf;
  readonly dictionary: Dictionary;
  readonly maxBytes: number;
}

/** The entries of a page, some after the other, without ever holding all of them. */
export class DataPage {
  /** Entries that were not taken yet. */
  left: number;
  private readonly leaf: Leaf;
  private readonly page: PageBytes;
  private readonly repetition: RunReader | null;
  private readonly definition: RunReader | null;
  private readonly values: PageValues;

  constructor({ header, bytes, leaf, dictionary, maxBytes }: WrittenPage) {
    const { decoder, maxDefinition } = leaf;
    const layout = layoutOf(header, bytes, leaf);
    const page = { bytes };
    const levels = (part: Part | null, max: number) =>
      part === null ? null : new RunReader({ page, ...part, width: bitsOf(max) });
    this.leaf = leaf;
    this.page = page;
    this.left = layout.count;
    this.repetition = levels(layout.repetition, leaf.maxRepetition);
    this.definition = levels(layout.definition, maxDefinition);
    const count = () =>
      defined(levels(layout.definition, maxDefinition), { entries: layout.count, maxDefinition });
    const { encoding, start } = layout;
    this.values = valuesOf({ page, start, encoding, decoder, dictionary, count, maxBytes });
  }

  take(wanted: number): Entries {
    const count = Math.min(wanted, this.left);
    const { maxDefinition } = this.leaf;
    const repetition = this.repetition?.take(count) ?? [];
    const definition = this.definition?.take(count) ?? [];
    const present = this.definition === null ? count : countOf(definition, maxDefinition);
    const values = present === 0 ? [] : this.values.take(present);
    this.left -= count;
    return { count, repetition, definition, values };
  }

  get isHeld(): boolean {
    return this.page.bytes.length > 0;
  }

  release(): void {
    this.page.bytes = NO_BYTES;
    this.values.release?.();
  }

  hold(bytes: Uint8Array): void {
    this.page.bytes = bytes;
  }
}

const NO_BYTES = new Uint8Array();

interface Part {
  readonly start: number;
  readonly end: number;
}

interface Layout {
  readonly count: number;
  readonly encoding: string;
  readonly repetition: Part | null;
  readonly definition: Part | null;
  /** Where the values begin. */
  readonly start: number;
}

function layoutOf(
  { data_page_header: v1, data_page_header_v2: v2 }: PageHeader,
  bytes: Uint8Array,
  leaf: Leaf,
): Layout {
  const levels = v2 === undefined ? levelsInBytes(bytes, leaf) : levelsInHeader(v2);
  const { num_values: count, encoding } = v2 ?? v1 ?? {};
  if (count === undefined || encoding === undefined) throw new Error('a page does not say what it holds');
  return {
    count,
    encoding,
    repetition: leaf.maxRepetition === 0 ? null : levels.repetition,
    definition: leaf.maxDefinition === 0 ? null : levels.definition,
    start: levels.definition.end,
  };
}

interface Levels {
  readonly repetition: Part;
  readonly definition: Part;
}

function levelsInHeader(header: NonNullable<PageHeader['data_page_header_v2']>): Levels {
  const middle = header.repetition_levels_byte_length;
  const end = middle + header.definition_levels_byte_length;
  return { repetition: { start: 0, end: middle }, definition: { start: middle, end } };
}

function levelsInBytes(bytes: Uint8Array, { maxRepetition, maxDefinition }: Leaf): Levels {
  const nothing = { start: 0, end: 0 };
  const repetition = maxRepetition === 0 ? nothing : partAt(bytes, 0);
  const { end } = repetition;
  return { repetition, definition: maxDefinition === 0 ? { start: end, end } : partAt(bytes, end) };
}

const LENGTH_BYTES = 4;

function partAt({ buffer, byteOffset, byteLength }: Uint8Array, at: number): Part {
  const start = at + LENGTH_BYTES;
  const end = start + new DataView(buffer, byteOffset, byteLength).getUint32(at, true);
  if (end > byteLength) throw new Error('the levels of a page are longer than the page');
  return { start, end };
}

const bitsOf = (max: number): number => 32 - Math.clz32(max);

const AT_A_TIME = 4096;

function defined(
  levels: RunReader | null,
  { entries, maxDefinition }: { readonly entries: number; readonly maxDefinition: number },
): number {
  if (levels === null) return entries;
  let found = 0;
  for (let seen = 0; seen < entries; seen += AT_A_TIME)
    found += countOf(levels.take(Math.min(AT_A_TIME, entries - seen)), maxDefinition);
  return found;
}

function countOf(levels: readonly number[], wanted: number): number {
  let count = 0;
  for (const level of levels) if (level === wanted) count += 1;
  return count;
}
