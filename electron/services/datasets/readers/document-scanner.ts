import { ColumnCounter } from './column-counter';
import { BACKSLASH, CLOSES, LF, NO_BYTES, OPENS, QUOTE, SCALAR_END, SPACE, foundAt } from './document-parts';
import type { CutValue, Expects, Inside, StructureFault, Wanted } from './document-parts';
import { MAX_LINE_BYTES } from './limits';
import { NextElement } from './next-element';
import { nameOf } from './object-name';
import { syntaxFaultIn } from './place-in-value';

const MAX_FAULTS = 100;

/**
 * Cuts a JSON document of any size into the values of its root, and of the lists directly under a
 * root object, without parsing them. Of the text only one value is held at a time.
 */
export class DocumentScanner {
  readonly faults: StructureFault[] = [];
  /** Names under which the root object holds a list. */
  readonly lists = new Set<string>();
  private expects: Expects = 'root';
  private inside: Inside = 'structure';
  private readonly open: ('[' | '{')[] = [];
  private depth = 0;
  private inString = false;
  private escaped = false;
  private key: string | null = null;
  private index: number | null = null;
  private isKey = false;
  private line: number;
  private readonly columns = new ColumnCounter();
  private pieces: Buffer[] = [];
  private heldBytes = 0;
  private pieceStart = 0;
  private wantsBytes = false;
  private startedAt = { line: 1, column: 1 };
  private cuts: CutValue[] = [];
  private chunk: Buffer = NO_BYTES;
  /** Of an element in whose texts a line ends, as in none of JSON: its quotes may not be told apart. */
  private next: NextElement | null = null;
  private readonly wanted: Wanted;

  constructor(wanted: Wanted, firstLine = 1) {
    this.wanted = wanted;
    this.line = firstLine;
  }

  push(chunk: Buffer): CutValue[] {
    this.pieceStart = 0;
    this.chunk = chunk;
    for (let at = 0; at < chunk.length;) {
      at = this.inside === 'structure' ? this.structure(chunk, at) : this.skipValue(chunk, at);
    }
    if (this.inside !== 'structure') this.hold(chunk.subarray(this.pieceStart));
    this.columns.endChunk(chunk);
    return this.takeCuts();
  }

  end(): CutValue[] {
    if (this.inside === 'scalar') this.finishValue();
    this.pieceStart = 0;
    this.chunk = NO_BYTES;
    if (this.expects !== 'nothing' || this.inside !== 'structure') this.endTooEarly();
    return this.takeCuts();
  }

  /** Brackets may be missing only because a fault before them hides them. */
  private endTooEarly(): void {
    const bytes = this.heldBytes > MAX_LINE_BYTES ? NO_BYTES : Buffer.concat(this.pieces);
    const fault = this.inside === 'structure' ? null : syntaxFaultIn({ ...this.startedAt, bytes });
    if (fault !== null && !fault.isAtEnd) this.faults.push(fault);
    else this.fault(0, 'The document is cut off: its last bracket is missing.');
  }

  private takeCuts(): CutValue[] {
    const cuts = this.cuts;
    this.cuts = [];
    return cuts;
  }

  private structure(chunk: Buffer, at: number): number {
    const byte = chunk[at] ?? LF;
    if (byte === LF) this.newLine(at);
    if (SPACE.has(byte)) return at + 1;
    if (byte === 0x2c || byte === 0x3a) this.separator(byte, at);
    else if (CLOSES.has(byte)) this.close(byte, at);
    else return this.startValue(chunk, at);
    return at + 1;
  }

  private separator(byte: number, at: number): void {
    if (byte === 0x3a) {
      if (this.expects !== 'colon') this.fault(at, 'A “:” stands where none is allowed.');
      this.expects = 'value';
      return;
    }
    if (this.expects !== 'comma-or-end') this.fault(at, 'A “,” stands where none is allowed.');
    this.expects = this.open.at(-1) === '{' ? 'key' : 'value';
  }

  private close(byte: number, at: number): void {
    const matches = this.open.at(-1) === (byte === 0x5d ? '[' : '{');
    const allowed = this.expects === 'comma-or-end' || this.expects.endsWith('-or-end');
    if (!matches || !allowed) this.fault(at, 'A closing bracket stands where none is allowed.');
    if (!matches) return;
    this.open.pop();
    this.index = null;
    this.expects = this.open.length === 0 ? 'nothing' : 'comma-or-end';
  }

  private startValue(chunk: Buffer, at: number): number {
    const byte = chunk[at] ?? 0;
    this.complainAboutPlace(at);
    if (this.entersContainer(byte)) {
      this.open.push(byte === 0x5b ? '[' : '{');
      this.expects = byte === 0x5b ? 'value-or-end' : 'key-or-end';
      if (byte === 0x5b) this.enterList();
      return at + 1;
    }
    this.isKey = this.open.at(-1) === '{' && this.expects !== 'value' && this.expects !== 'colon';
    this.startedAt = this.place(at);
    this.pieceStart = at;
    this.wantsBytes = this.isKey || this.wanted(this.key, this.index);
    return this.enterValue(byte, at);
  }

  private enterList(): void {
    this.index = 0;
    if (this.key !== null) this.lists.add(this.key);
  }

  private enterValue(byte: number, at: number): number {
    this.inside = byte === QUOTE ? 'string' : OPENS.has(byte) ? 'nested' : 'scalar';
    this.inString = byte === QUOTE;
    this.escaped = false;
    this.depth = this.inside === 'nested' ? 1 : 0;
    return at + 1;
  }

  private complainAboutPlace(at: number): void {
    if (this.expects === 'nothing') this.fault(at, 'Text follows after the end of the document.');
    else if (this.expects === 'comma-or-end') this.fault(at, 'A “,” is missing between two values.');
    else if (this.expects === 'colon') this.fault(at, 'A “:” is missing after a name.');
  }

  /** The root itself, and a list directly under a root object, are walked through. */
  private entersContainer(byte: number): boolean {
    if (this.expects === 'root') return OPENS.has(byte);
    return byte === 0x5b && this.expects === 'value' && this.open.length === 1 && this.open[0] === '{';
  }

  private skipValue(chunk: Buffer, at: number): number {
    if (this.next !== null) return this.skipTorn(chunk, at, this.next);
    if (this.inString) return this.skipString(chunk, at);
    return this.inside === 'nested' ? this.skipNested(chunk, at) : this.skipScalar(chunk, at);
  }

  private skipString(chunk: Buffer, start: number): number {
    for (let at = start; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === LF && this.tears(chunk, at)) return at + 1;
      if (this.escaped) this.escaped = false;
      else if (byte === BACKSLASH) this.escaped = true;
      else if (byte === QUOTE) {
        this.inString = false;
        if (this.inside === 'string') this.finishValue(chunk, at + 1);
        return at + 1;
      }
    }
    return chunk.length;
  }

  /** A line ends inside a text. Of an element of a list the one after it is looked for from there. */
  private tears(chunk: Buffer, at: number): boolean {
    this.newLine(at);
    this.escaped = false;
    if (this.inside !== 'nested' || this.index === null || this.heldBytes > MAX_LINE_BYTES) return false;
    const beginning = this.pieces[0] ?? chunk.subarray(this.pieceStart, at + 1);
    this.next = NextElement.after(beginning, this.startedAt.column);
    return this.next !== null;
  }

  /** As its brackets say, unless the next element is seen first. */
  private skipTorn(chunk: Buffer, start: number, next: NextElement): number {
    for (let at = start; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (byte === LF) this.newLine(at);
      if (next.sees(byte)) this.beginNext(chunk, at + 1, next);
      else if (this.ends(byte)) this.finishValue(chunk, at + 1);
      else continue;
      return at + 1;
    }
    return chunk.length;
  }

  /** Whether a byte closes the value. */
  private ends(byte: number): boolean {
    if (this.escaped) this.escaped = false;
    else if (this.inString && byte === BACKSLASH) this.escaped = true;
    else if (byte === QUOTE) this.inString = !this.inString;
    else if (!this.inString && OPENS.has(byte)) this.depth += 1;
    else if (!this.inString && CLOSES.has(byte)) this.depth -= 1;
    return this.depth === 0;
  }

  private beginNext(chunk: Buffer, end: number, { opening, foundColumn: column }: NextElement): void {
    this.finishValue(chunk, end);
    this.startedAt = { line: this.line, column };
    this.pieces = [opening];
    this.heldBytes = opening.length;
    this.pieceStart = end;
    this.wantsBytes = this.wanted(this.key, this.index);
    this.inside = 'nested';
    this.inString = false;
    this.depth = 1;
  }

  private skipNested(chunk: Buffer, start: number): number {
    for (let at = start; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (byte === QUOTE) {
        this.inString = true;
        return at + 1;
      }
      if (byte === LF) this.newLine(at);
      else if (byte === 0x7b || byte === 0x5b) this.depth += 1;
      else if ((byte === 0x7d || byte === 0x5d) && (this.depth -= 1) === 0) {
        this.finishValue(chunk, at + 1);
        return at + 1;
      }
    }
    return chunk.length;
  }

  private skipScalar(chunk: Buffer, start: number): number {
    for (let at = start; at < chunk.length; at += 1) {
      if (!SCALAR_END.has(chunk[at] ?? LF)) continue;
      this.finishValue(chunk, at);
      return at;
    }
    return chunk.length;
  }

  private finishValue(chunk: Buffer = Buffer.alloc(0), end = 0): void {
    this.hold(chunk.subarray(this.pieceStart, end));
    const tooLong = this.heldBytes > MAX_LINE_BYTES;
    const bytes = this.wantsBytes && !tooLong ? Buffer.concat(this.pieces) : null;
    this.pieces = [];
    this.heldBytes = 0;
    this.next = null;
    this.inside = 'structure';
    if (this.isKey) this.finishKey(bytes);
    else this.cut(bytes, tooLong);
  }

  private finishKey(bytes: Buffer | null): void {
    this.expects = 'colon';
    this.key = nameOf(bytes);
    if (this.key === null)
      this.faults.push({ ...this.startedAt, error: 'A name stands in an object without quotes.' });
  }

  private cut(bytes: Buffer | null, tooLong: boolean): void {
    if (this.expects === 'nothing') return;
    this.cuts.push({ key: this.key, index: this.index, ...this.startedAt, bytes, tooLong });
    if (this.index !== null) this.index += 1;
    this.expects = this.open.length === 0 ? 'nothing' : 'comma-or-end';
  }

  private hold(piece: Buffer): void {
    this.heldBytes += piece.length;
    if (this.heldBytes > MAX_LINE_BYTES) this.pieces = [];
    else if (this.wantsBytes) this.pieces.push(piece);
  }

  private newLine(at: number): void {
    this.line += 1;
    this.columns.newLine(at);
  }

  private place(at: number): { line: number; column: number } {
    return { line: this.line, column: this.columns.at(this.chunk, at) };
  }

  private fault(at: number, error: string): void {
    if (this.faults.length >= MAX_FAULTS) return;
    const found = foundAt(this.chunk, at);
    this.faults.push({ ...this.place(at), error: found === '' ? error : `${error} Found ${found}` });
  }
}
