import { assembleLists } from 'hyparquet/src/assemble.js';
import { formatBytes, formatCount } from '../../../../src/lib/messages/format';
import { LeafPages } from './parquet-leaf-pages';
import type { CurrentPage, LeafChunk } from './parquet-leaf-pages';
import { PendingEntries } from './parquet-pending';
import type { Values } from './parquet-converted';

/** At most so many rows, and no more once they are about so long; one in any case. */
interface Wanted {
  readonly rows: number;
  readonly sizeBytes: number;
}

/** Of a row: it is in memory whole, each with all that is around it. */
const MAX_ROW_ENTRIES = 2_000_000;
/** A few bytes of a file may be entries without end. */
const MAX_LEFT_OUT = 5_000_000;
const ENTRIES_AT_A_TIME = 4096;
const BYTES_AT_A_TIME = 256 * 1024;
const ENTRY_BYTES = 16;
/** Each is in several lists while its row is put together. */
const LISTED_ENTRY_BYTES = 256;

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

  /** Which of the next rows have too many parts. */
  cutRows(rows: number): number[] {
    return this.pending.cutRows.filter((row) => row < rows);
  }

  /** Of rows that are cut, in this column or in another, only the first entry. */
  take(rows: number, cut: ReadonlySet<number>): Values {
    const { repetition, definition, values } = this.pending.take(rows, cut);
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

  /** What an entry takes besides its bytes. */
  private get aroundBytes(): number {
    return this.chunk.leaf.maxRepetition > 0 ? LISTED_ENTRY_BYTES : ENTRY_BYTES;
  }

  private get wholeRows(): number {
    const { rows } = this.pending;
    // The last list may go on in the next page.
    return this.chunk.leaf.maxRepetition === 0 || this.isAtEnd ? rows : Math.max(0, rows - 1);
  }

  /** About as many entries as rows are missing, and the more the longer these prove to be. */
  private add({ page, entryBytes }: CurrentPage, missing: number): void {
    const heldBytes = entryBytes + this.aroundBytes;
    const atMost = Math.min(ENTRIES_AT_A_TIME, Math.floor(BYTES_AT_A_TIME / heldBytes));
    const count = Math.min(atMost, Math.max(missing, this.pending.entries));
    this.pending.add(page.take(Math.max(1, count)), heldBytes);
    if (this.wholeRows === 0) this.refuseLongRow();
  }

  private refuseLongRow(): void {
    const { entries, leftOut, sizeBytes } = this.pending;
    const { maxBytes } = this.chunk;
    const limit =
      entries > MAX_ROW_ENTRIES
        ? `${formatCount(MAX_ROW_ENTRIES)} values`
        : leftOut > MAX_LEFT_OUT
          ? `${formatCount(MAX_LEFT_OUT)} values`
          : sizeBytes - entries * this.aroundBytes > maxBytes && entries > 1
            ? formatBytes(maxBytes)
            : null;
    if (limit !== null) throw new Error(`a row has more than ${limit} in ${this.name}; write shorter rows`);
  }
}
