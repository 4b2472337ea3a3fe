/** Counts the column of a place in a line that comes in chunks, in UTF-16 units as texts have them. */
export class ColumnCounter {
  private passed = 0;
  private from = 0;

  /** A line ends at this byte of the chunk. */
  newLine(at: number): void {
    this.passed = 0;
    this.from = at + 1;
  }

  /** From 1. Asked of places in their order. */
  at(chunk: Buffer, place: number): number {
    for (; this.from < place; this.from += 1) this.passed += unitsOf(chunk[this.from] ?? 0);
    return this.passed + 1;
  }

  endChunk(chunk: Buffer): void {
    this.at(chunk, chunk.length);
    this.from = 0;
  }
}

/** By the first byte of a character: two for what UTF-16 writes as two, none for bytes that follow. */
const unitsOf = (byte: number): number => (byte >= 0xf0 ? 2 : Number((byte & 0xc0) !== 0x80));
