/** Where JSON stops being JSON. `offset` counts UTF-16 units of the text. */
export interface JsonFault {
  readonly offset: number;
  readonly expected: string;
}

const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
const SPACE = /[ \t\r\n]*/y;

type Expectation =
  'string' | 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'end';

const WANTED: Record<Expectation, string> = {
  string: 'the rest of a text in quotes',
  value: 'a value',
  'value-or-end': 'a value or “]”',
  key: 'a quoted name',
  'key-or-end': 'a quoted name or “}”',
  colon: '“:”',
  'comma-or-end': '“,” or the closing bracket',
  end: 'nothing more',
};

/** The first fault of a text that `JSON.parse` refused; null when this walk finds none. */
export function findJsonFault(text: string): JsonFault | null {
  const walk = new FaultWalk(text);
  while (walk.step());
  return walk.fault;
}

class FaultWalk {
  fault: JsonFault | null = null;
  private offset = 0;
  private readonly open: ('[' | '{')[] = [];
  private expects: Expectation = 'value';
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** One token further; false at the end or at a fault. */
  step(): boolean {
    this.offset = this.match(SPACE);
    const character = this.text[this.offset];
    if (character === undefined && this.expects === 'end') return false;
    const next = character === undefined ? null : this.accept(character);
    if (next === null) this.fault = { offset: this.offset, expected: WANTED[this.expects] };
    else this.expects = next;
    return next !== null;
  }

  private accept(character: string): Expectation | null {
    switch (this.expects) {
      case 'value':
      case 'value-or-end':
        return this.acceptValue(character);
      case 'key':
      case 'key-or-end':
        return this.acceptKey(character);
      case 'colon':
        return character === ':' ? this.take('value') : null;
      case 'comma-or-end':
        return this.acceptComma(character);
      case 'string':
      case 'end':
        return null;
    }
  }

  private acceptValue(character: string): Expectation | null {
    if (character === ']' && this.expects === 'value-or-end') return this.close(character);
    if (character === '[' || character === '{') {
      this.open.push(character);
      return this.take(character === '[' ? 'value-or-end' : 'key-or-end');
    }
    if (character === '"') return this.acceptString(this.afterValue());
    const end = this.match(LITERAL);
    if (end === this.offset) return null;
    this.offset = end;
    return this.afterValue();
  }

  private acceptKey(character: string): Expectation | null {
    if (character === '}' && this.expects === 'key-or-end') return this.close(character);
    return character === '"' ? this.acceptString('colon') : null;
  }

  private acceptComma(character: string): Expectation | null {
    if (character === ',') return this.take(this.open.at(-1) === '[' ? 'value' : 'key');
    return character === ']' || character === '}' ? this.close(character) : null;
  }

  private close(character: ']' | '}'): Expectation | null {
    if (this.open.at(-1) !== (character === ']' ? '[' : '{')) return null;
    this.open.pop();
    return this.take(this.afterValue());
  }

  private afterValue(): Expectation {
    return this.open.length === 0 ? 'end' : 'comma-or-end';
  }

  private take(next: Expectation): Expectation {
    this.offset += 1;
    return next;
  }

  /** By hand: a regular expression runs out of stack on a text of megabytes. */
  private acceptString(next: Expectation): Expectation | null {
    this.expects = 'string';
    for (this.offset += 1; this.offset < this.text.length; this.offset += 1) {
      const code = this.text.charCodeAt(this.offset);
      if (code === QUOTE) return this.take(next);
      if (code < FIRST_PRINTABLE) return null;
      if (code !== BACKSLASH) continue;
      const end = this.match(ESCAPE);
      if (end === this.offset) return null;
      this.offset = end - 1;
    }
    return null;
  }

  private match(pattern: RegExp): number {
    pattern.lastIndex = this.offset;
    return pattern.test(this.text) ? pattern.lastIndex : this.offset;
  }
}
