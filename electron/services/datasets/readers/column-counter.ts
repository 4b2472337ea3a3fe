import { isAscii } from 'node:buffer';

/** Counts the column of a place in a line that comes in chunks, in UTF-16 units as texts have them. */
export class ColumnCounter {
  private passed = 0;
  private from = 0;
  private chunk: Buffer | null = null;
  private isPlain = false;

  /** A line ends at this byte of the chunk. */
  newLine(at: number): void {
    this.passed = 0;
    this.from = at + 1;
  }

  /** From 1. Asked of places in their order. */
  at(chunk: Buffer, place: number): number {
    if (this.chunk !== chunk) {
      this.chunk = chunk;
      // Mostly every byte is a character, which is told of all at once.
      this.isPlain = isAscii(chunk);
    }
    if (this.isPlain) this.passed += Math.max(0, place - this.from);
    else for (let at = this.from; at < place; at += 1) this.passed += unitsOf(chunk[at] ?? 0);
    this.from = Math.max(this.from, place);
    return this.passed + 1;
  }

  endChunk(chunk: Buffer): void {
    this.at(chunk, chunk.length);
    this.from = 0;
    this.chunk = null;
  }
}

/** By the first byte of a character: two for what UTF-16 writes as two, none for bytes that follow. */
const unitsOf = (byte: number): number => (byte >= 0xf0 ? 2 : Number((byte & 0xc0) !== 0x80));
