import type { LeafRows } from './parquet-leaf';

interface HeldLimits {
  /** Of pages that stay unpacked. */
  readonly heldBytes: number;
  /** Of the values of all columns that wait to be taken. */
  readonly aheadBytes: number;
}

/** One that is smaller is soon unpacked again. */
const LARGE_BYTES = 8 * 1024 * 1024;
const LOOKS_AT_A_PAGE = 4;

/** Which columns keep their page unpacked from slice to slice: the largest, which it costs most to unpack again. */
export class HeldPages {
  private readonly limits: HeldLimits;
  private readonly readers: readonly LeafRows[];
  private readonly sizes = new Map<LeafRows, number>();
  private heldBytes = 0;

  constructor(readers: readonly LeafRows[], limits: HeldLimits) {
    this.readers = readers;
    this.limits = limits;
  }

  /** With what a column has unpacked now. */
  keepWithin(reader: LeafRows): void {
    this.note(reader);
    while (this.heldBytes > this.limits.heldBytes) {
      const smallest = this.smallest();
      if (smallest === null) return;
      this.letGoOf(smallest);
    }
  }

  private note(reader: LeafRows): void {
    const { heldBytes } = reader;
    this.heldBytes += heldBytes - (this.sizes.get(reader) ?? 0);
    if (heldBytes > 0) this.sizes.set(reader, heldBytes);
    else this.sizes.delete(reader);
  }

  /** Of several the last: it would be strange to let go of each in turn. */
  private smallest(): LeafRows | null {
    let found: LeafRows | null = null;
    let least = Infinity;
    for (const [reader, sizeBytes] of this.sizes) {
      if (sizeBytes > least) continue;
      found = reader;
      least = sizeBytes;
    }
    return found;
  }

  private letGoOf(reader: LeafRows): void {
    if (reader.heldBytes > LARGE_BYTES) {
      const waiting = this.readers.reduce((sum, { pendingBytes }) => sum + pendingBytes, 0);
      const wanted = Math.min(reader.heldBytes / LOOKS_AT_A_PAGE, this.limits.aheadBytes - waiting);
      reader.takeAhead(wanted);
    }
    reader.release();
    this.note(reader);
  }
}
