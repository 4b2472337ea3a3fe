import { toErrorPayload } from '../../../src/lib/messages/app-error';
import type { ErrorPayload } from '../../../src/lib/types/system';
import type { CliIo } from '../io';
import { clipped, safeText } from './safe-text';
import { type Column, pairLines, tableLines } from './table';

type Style = 'plain' | 'bold' | 'dim' | 'red' | 'green' | 'yellow';

const CODES: Readonly<Record<Style, string>> = {
  plain: '',
  bold: '\u001b[1m',
  dim: '\u001b[2m',
  red: '\u001b[31m',
  green: '\u001b[32m',
  yellow: '\u001b[33m',
};
const RESET = '\u001b[0m';
const CLEAR_LINE = '\r\u001b[2K';
const DEFAULT_COLUMNS = 80;

type OutputIo = Pick<CliIo, 'stdout' | 'stderr' | 'env'>;

/** Where everything is written: JSON for programs, or text for people. */
export class Output {
  readonly json: boolean;
  readonly #io: OutputIo;
  #liveShown = false;

  constructor(io: OutputIo, json: boolean) {
    this.#io = io;
    this.json = json;
  }

  /** A command as it has to be typed here. */
  command(words: string): string {
    return `${this.#io.env['npm_lifecycle_event'] === 'cli' ? 'npm run -s cli --' : 'pipeline'} ${words}`;
  }

  /** Whether a line can be drawn over: a person at a terminal, not a pipe. */
  get live(): boolean {
    return !this.json && this.#io.stderr.isTTY === true && this.#io.env['TERM'] !== 'dumb';
  }

  /** The answer as a program reads it, or as a person does. */
  answer(document: unknown, lines: () => readonly string[]): void {
    if (this.json) this.document(document);
    else for (const line of lines()) this.line(line);
  }

  document(document: unknown): void {
    this.#io.stdout.write(`${JSON.stringify(document)}\n`);
  }

  /** A line of JSON that is passed on as it came. */
  raw(line: string): void {
    this.#io.stdout.write(`${line}\n`);
  }

  line(text: string, style: Style = 'plain'): void {
    if (this.json) return;
    this.#clearLive();
    this.#io.stdout.write(`${this.#painted(text, style, this.#io.stdout.isTTY === true)}\n`);
  }

  /** Text of a file that is printed whole, such as CSV: as it is into a pipe, harmless on a terminal. */
  text(text: string): void {
    const isRead = this.#io.stdout.isTTY === true;
    this.#io.stdout.write(isRead ? safeText(text.replaceAll('\r\n', '\n')) : text);
  }

  /** For the person, beside the answer; nothing for programs. */
  note(text: string, style: Style = 'dim'): void {
    if (!this.json) this.warning(text, style);
  }

  /** What the answer lacks: for whoever reads the log of a program, too. */
  warning(text: string, style: Style = 'yellow'): void {
    this.#clearLive();
    this.#io.stderr.write(`${this.#painted(text, style, this.#io.stderr.isTTY === true)}\n`);
  }

  table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): void {
    const [titles, ...body] = tableLines(columns, rows, { clip: this.#io.stdout.isTTY === true });
    if (titles !== undefined) this.line(titles, 'bold');
    for (const line of body) this.line(line);
  }

  pairs(pairs: readonly (readonly [string, string])[]): void {
    for (const line of pairLines(pairs)) this.line(line);
  }

  /** Draws over the last live line. */
  liveLine(text: string): void {
    if (!this.live) return;
    const width = (this.#io.stderr.columns ?? DEFAULT_COLUMNS) - 1;
    this.#io.stderr.write(`${CLEAR_LINE}${clipped(safeText(text), width)}`);
    this.#liveShown = true;
  }

  endLive(): void {
    this.#clearLive();
  }

  failure(thrown: unknown): void {
    const error = this.#asTyped(toErrorPayload(thrown));
    if (this.json) this.document({ error });
    this.#clearLive();
    if (this.json) return;
    const coloured = this.#io.stderr.isTTY === true;
    this.#io.stderr.write(`${this.#painted(error.message, 'red', coloured)}\n`);
    if (error.hint !== '') this.#io.stderr.write(`${this.#painted(error.hint, 'dim', coloured)}\n`);
  }

  /** Services name commands as an installed `pipeline` has them. */
  #asTyped({ hint, ...error }: ErrorPayload): ErrorPayload {
    return { ...error, hint: hint.replaceAll('`pipeline ', `\`${this.command('')}`) };
  }

  #clearLive(): void {
    if (this.#liveShown) this.#io.stderr.write(CLEAR_LINE);
    this.#liveShown = false;
  }

  #painted(text: string, style: Style, terminal: boolean): string {
    const { env } = this.#io;
    const coloured =
      terminal && style !== 'plain' && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
    const safe = safeText(text);
    return coloured ? `${CODES[style]}${safe}${RESET}` : safe;
  }
}
