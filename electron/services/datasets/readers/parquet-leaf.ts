import { assembleLists } from 'hyparquet/src/assemble.js';
import { formatBytes, formatCount } from '../../../../src/lib/messages/format';
import type { Entries } from './parquet-data-page';
import { LeafPages } from './parquet-leaf-pages';
import type { CurrentPage, LeafChunk } from './parquet-leaf-pages';
import type { Values } from './parquet-converted';

/** At most so many rows, and no more once they are about so long; one in any case. */
interface Wanted {
  readonly rows: number;
  readonly sizeBytes: number;
}

/** Of a row: it is in memory whole, each with all that is around it. */
const MAX_ROW_ENTRIES = 2_000_000;
const ENTRIES_AT_A_TIME = 4096;
const BYTES_AT_A_TIME = 256 * 1024;
/** What an entry takes besides its bytes: its places in lists. */
const ENTRY_BYTES = 16;

/** The rows of one column of values in a group of rows: what is held is one page, and the next rows. */
export class LeafRows {
  private readonly chunk: LeafChunk;
  private readonly pages: LeafPages;
  private readonly pending: PendingEntries;
  private isAtEnd = false;

  constructor(chunk: LeafChunk) {
    this.chunk = chunk;
    this.pages = new LeafPages(chunk);
    this.pending = new PendingEntries(chunk.leaf);
  }

  /** How many of the wanted rows can be taken. */
  async fill({ rows, sizeBytes }: Wanted): Promise<number> {
    while (this.wholeRows < rows && (this.wholeRows === 0 || this.pending.sizeBytes < sizeBytes)) {
      const current = await this.pages.current();
      this.isAtEnd = current === null;
      if (current === null) break;
      this.add(current, rows - this.wholeRows);
    }
    if (this.wholeRows === 0) throw new Error(`${this.name} ends before its last row`);
    return Math.min(rows, this.wholeRows);
  }

  take(rows: number): Values {
    const { repetition, definition, values } = this.pending.take(rows);
    return assembleLists([], definition, repetition, values, this.chunk.leaf.decoder.schemaPath);
  }

  get heldBytes(): number {
    return this.pages.heldBytes;
  }

  get pendingBytes(): number {
    return this.pending.sizeBytes;
  }

  /** More than is wanted now, from the page that is unpacked. */
  takeAhead(sizeBytes: number): void {
    while (this.pages.unpacked !== null && this.pending.sizeBytes < sizeBytes)
      this.add(this.pages.unpacked, ENTRIES_AT_A_TIME);
  }

  release(): void {
    this.pages.release();
  }

  private get name(): string {
    return `the column “${this.chunk.meta.path_in_schema.join('.')}”`;
  }

  private get wholeRows(): number {
    const { rows } = this.pending;
    // The last list may go on in the next page.
    return this.chunk.leaf.maxRepetition === 0 || this.isAtEnd ? rows : Math.max(0, rows - 1);
  }

  /** About as many entries as rows are missing, and the more the longer these prove to be. */
  private add({ page, entryBytes }: CurrentPage, missing: number): void {
    const heldBytes = entryBytes + ENTRY_BYTES;
    const atMost = Math.min(ENTRIES_AT_A_TIME, Math.floor(BYTES_AT_A_TIME / heldBytes));
    const count = Math.min(atMost, Math.max(missing, this.pending.entries));
    this.pending.add(page.take(Math.max(1, count)), heldBytes);
    if (this.wholeRows === 0) this.refuseLongRow();
  }

  private refuseLongRow(): void {
    const { entries, sizeBytes } = this.pending;
    const { maxBytes } = this.chunk;
    const limit =
      entries > MAX_ROW_ENTRIES
        ? `${formatCount(MAX_ROW_ENTRIES)} values`
        : sizeBytes > maxBytes && entries > 1
          ? formatBytes(maxBytes)
          : null;
    if (limit !== null) throw new Error(`a row has more than ${limit} in ${this.name}; write shorter rows`);
  }
}

/** Entries that were read and belong to no row that was taken. */
class PendingEntries {
  rows = 0;
  entries = 0;
  sizeBytes = 0;
  private readonly leaf: LeafChunk['leaf'];
  private repetition: number[] = [];
  private definition: number[] = [];
  private values: unknown[] = [];

  constructor(leaf: LeafChunk['leaf']) {
    this.leaf = leaf;
  }

  add({ count, repetition, definition, values }: Entries, entryBytes: number): void {
    if (this.entries === 0 && (repetition[0] ?? 0) > 0) throw new Error('a column begins inside a row');
    for (const level of repetition) this.repetition.push(level);
    for (const level of definition) this.definition.push(level);
    for (let index = 0; index < values.length; index += 1) this.values.push(values[index]);
    this.entries += count;
    this.rows += this.leaf.maxRepetition === 0 ? count : repetition.filter((level) => level === 0).length;
    this.sizeBytes += count * entryBytes;
  }

  take(rows: number): { repetition: number[]; definition: number[]; values: unknown[] } {
    const count = this.entriesOf(rows);
    const { maxDefinition } = this.leaf;
    const repetition = this.repetition.splice(0, count);
    const definition = this.definition.splice(0, count);
    const present =
      maxDefinition === 0 ? count : definition.filter((level) => level === maxDefinition).length;
    const values = this.values.splice(0, present);
    this.rows -= rows;
    this.sizeBytes *= 1 - count / this.entries;
    this.entries -= count;
    return { repetition, definition, values };
  }

  private entriesOf(rows: number): number {
    if (this.leaf.maxRepetition === 0) return rows;
    let seen = 0;
    const end = this.repetition.findIndex((level) => level === 0 && (seen += 1) > rows);
    return end === -1 ? this.entries : end;
  }
}
