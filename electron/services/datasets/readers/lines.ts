import { MAX_LINE_BYTES } from './limits';

/** A physical line without its LF. Of one over the limit only the beginning is kept. */
export interface SourceLine {
  readonly line: number;
  readonly bytes: Buffer;
  readonly tooLong: boolean;
}

const LF = 0x0a;
const KEPT_OF_TOO_LONG = 256;

/** Cuts chunks into lines; holds at most one unfinished line of the allowed length. */
export class LineCutter {
  private line = 0;
  private pieces: Buffer[] = [];
  private heldBytes = 0;
  private tooLong = false;
  private readonly maxBytes: number;

  constructor(maxBytes = MAX_LINE_BYTES) {
    this.maxBytes = maxBytes;
  }

  push(chunk: Buffer): SourceLine[] {
    const lines: SourceLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      lines.push(this.finish(chunk.subarray(start, end)));
      start = end + 1;
    }
    if (start < chunk.length) this.hold(chunk.subarray(start));
    return lines;
  }

  /** The last line, which needs no LF after it. */
  end(): SourceLine[] {
    return this.heldBytes === 0 ? [] : [this.finish(Buffer.alloc(0))];
  }

  private hold(piece: Buffer): void {
    this.heldBytes += piece.length;
    if (!this.tooLong) this.pieces.push(piece);
    if (this.heldBytes <= this.maxBytes || this.tooLong) return;
    this.tooLong = true;
    const kept = this.pieces[0]?.subarray(0, KEPT_OF_TOO_LONG) ?? Buffer.alloc(0);
    this.pieces = [Buffer.from(kept)];
  }

  private finish(last: Buffer): SourceLine {
    if (this.heldBytes > 0 || last.length > this.maxBytes) this.hold(last);
    const bytes = this.heldBytes === 0 ? last : Buffer.concat(this.pieces);
    const tooLong = this.tooLong;
    this.pieces = [];
    this.heldBytes = 0;
    this.tooLong = false;
    this.line += 1;
    return { line: this.line, bytes, tooLong };
  }
}
