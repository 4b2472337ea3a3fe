import { StringDecoder } from 'node:string_decoder';

export interface LineSplitterOptions {
  readonly onLine: (line: string) => void;
  /** A line over the limit was thrown away; reading goes on at the next one. */
  readonly onOverlong?: () => void;
  readonly limit?: number;
}

export const LINE_LIMIT = 1024 * 1024;

/** Cuts a stream into lines, and drops those over the limit without keeping them in memory. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #options: LineSplitterOptions;
  readonly #limit: number;
  #rest = '';
  #skipping = false;

  constructor(options: LineSplitterOptions) {
    this.#options = options;
    this.#limit = options.limit ?? LINE_LIMIT;
  }

  push(chunk: Buffer): void {
    const parts = this.#decoder.write(chunk).split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) this.#end(part);
    this.#keep(last);
  }

  /** What came after the last line feed, where a process died in the middle of a line. */
  flush(): string {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = '';
    return rest;
  }

  #end(part: string): void {
    this.#keep(part);
    const line = this.#rest.replace(/\r$/, '');
    this.#rest = '';
    if (this.#skipping) this.#skipping = false;
    else if (line !== '') this.#options.onLine(line);
  }

  #keep(part: string): void {
    if (this.#skipping) return;
    if (this.#rest.length + part.length <= this.#limit) {
      this.#rest += part;
      return;
    }
    this.#rest = '';
    this.#skipping = true;
    this.#options.onOverlong?.();
  }
}
