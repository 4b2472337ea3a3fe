/** The unpacked bytes of a page; let go of and brought back between two looks at them. */
export interface PageBytes {
  bytes: Uint8Array;
}

interface Runs {
  readonly page: PageBytes;
  readonly start: number;
  readonly end: number;
  /** Bits of a number. */
  readonly width: number;
}

/** Whole numbers as Parquet writes levels and places in a dictionary: runs of equal ones, or of packed ones. */
export class RunReader {
  private readonly runs: Runs;
  private at: number;
  private left = 0;
  private isPacked = false;
  /** Of a run of equal ones. */
  private value = 0;
  /** Of a run of packed ones. */
  private bit = 0;

  constructor(runs: Runs) {
    this.runs = runs;
    this.at = runs.start;
  }

  take(count: number): number[] {
    if (this.runs.width === 0) return Array.from({ length: count }, () => 0);
    const taken: number[] = [];
    while (taken.length < count) {
      while (this.left === 0) this.beginRun();
      const end = Math.min(taken.length + this.left, count);
      this.left -= end - taken.length;
      while (taken.length < end) taken.push(this.isPacked ? this.packedValue() : this.value);
    }
    return taken;
  }

  private beginRun(): void {
    this.at += Math.ceil(this.bit / 8);
    this.bit = 0;
    const header = this.runHeader();
    this.isPacked = header % 2 === 1;
    this.left = Math.floor(header / 2) * (this.isPacked ? 8 : 1);
    if (this.isPacked) return;
    this.value = 0;
    for (let bits = 0; bits < this.runs.width; bits += 8) this.value += this.nextByte() * 2 ** bits;
  }

  private runHeader(): number {
    let header = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.nextByte();
      header += (byte % 128) * scale;
      if (byte < 128) return header;
    }
  }

  private nextByte(): number {
    const byte = this.byteAt(this.at);
    this.at += 1;
    return byte;
  }

  private packedValue(): number {
    const { width } = this.runs;
    let value = 0;
    for (let got = 0; got < width;) {
      const offset = this.bit % 8;
      const bits = Math.min(8 - offset, width - got);
      const part = (this.byteAt(this.at + (this.bit - offset) / 8) >> offset) & (2 ** bits - 1);
      value += part * 2 ** got;
      got += bits;
      this.bit += bits;
    }
    return value;
  }

  private byteAt(at: number): number {
    const byte = at < this.runs.end ? this.runs.page.bytes[at] : undefined;
    if (byte === undefined) throw new Error('a page ends before its last value');
    return byte;
  }
}
