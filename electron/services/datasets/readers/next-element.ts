const LF = 0x0a;
const COLON = 0x3a;
const OPENING_BRACE = 0x7b;
const BLANKS = new Set([0x20, 0x09]);
const MAX_OPENING = 64;

/**
 * Looks for the line on which the next element of a list begins, while one is read whose quotes do not
 * close: it opens as that one did, with the same first name, or else in the same column.
 */
export class NextElement {
  readonly opening: Buffer;
  private readonly column: number | null;
  private blanks = 0;
  private matched = 0;
  private isLooking = true;

  private constructor(opening: Buffer, column: number | null) {
    this.opening = opening;
    this.column = column;
  }

  /** Null for an element that is no object. `beginning` are its first bytes. */
  static after(beginning: Buffer, column: number): NextElement | null {
    if (beginning[0] !== OPENING_BRACE) return null;
    const head = beginning.subarray(0, MAX_OPENING);
    const lineEnd = head.indexOf(LF);
    const name = head.subarray(0, lineEnd === -1 ? head.length : lineEnd).indexOf(COLON);
    return name === -1
      ? new NextElement(head.subarray(0, 1), column)
      : new NextElement(head.subarray(0, name + 1), null);
  }

  /** Where in its line the element begins that was seen. */
  get foundColumn(): number {
    return this.blanks + 1;
  }

  /** True at the byte with which the opening of another element is complete. */
  sees(byte: number): boolean {
    if (byte === LF) this.begin();
    else if (this.isLooking) this.look(byte);
    return this.isLooking && this.matched === this.opening.length;
  }

  private begin(): void {
    this.isLooking = true;
    this.blanks = 0;
    this.matched = 0;
  }

  private look(byte: number): void {
    if (this.matched === 0 && BLANKS.has(byte)) this.blanks += 1;
    else if (byte === this.opening[this.matched] && this.isInColumn()) this.matched += 1;
    else this.isLooking = false;
  }

  private isInColumn(): boolean {
    return this.column === null || this.column === this.foundColumn;
  }
}
