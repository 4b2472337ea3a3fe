/** A first line in which Excel names the delimiter: neither names nor a row. */
const SEPARATOR_LINE = /^("?)sep=([^"\w\r\n])\1\r?\n/i;

export interface SeparatedText {
  /** Null where the text names none. */
  readonly delimiter: string | null;
  readonly rest: string;
}

export function takeSeparatorLine(text: string): SeparatedText {
  const [line = '', , delimiter = null] = SEPARATOR_LINE.exec(text) ?? [];
  return { delimiter, rest: text.slice(line.length) };
}
