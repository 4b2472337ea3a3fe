import { fileChunks } from '../readers/file-chunks';
import { LineCutter } from '../readers/lines';

const OPENING = '{"id":"';
const BEFORE_LINE = '","source_line":';
const LONGEST_NUMBER = 20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The lines of a canonical file in batches; they may be longer than those of an original. */
export async function* canonicalLines(path: string, signal?: AbortSignal): AsyncGenerator<readonly Buffer[]> {
  const cutter = new LineCutter(Infinity);
  const options = signal === undefined ? {} : { signal };
  for await (const chunk of fileChunks(path, options)) yield cutter.push(chunk).map(({ bytes }) => bytes);
  yield cutter.end().map(({ bytes }) => bytes);
}

/**
 * The id of a canonical line as it stands between its quotes, from the line's bytes as Latin-1: every
 * writer puts it first, and to parse a million records only for their ids would take half a minute.
 */
export function rawIdOf(line: string): string {
  if (!line.startsWith(OPENING)) throw new Error('a canonical record does not begin with its id');
  let end = OPENING.length;
  while (line.charCodeAt(end) !== QUOTE && end < line.length)
    end += line.charCodeAt(end) === BACKSLASH ? 2 : 1;
  return line.slice(OPENING.length, end);
}

/** The line of the original on which a canonical line's record begins, after its id as it stands there. */
export function sourceLineOf(line: string, rawId: string): number {
  const start = OPENING.length + rawId.length + BEFORE_LINE.length;
  return Number.parseInt(line.slice(start, start + LONGEST_NUMBER), 10);
}

/** All of a canonical line but its id and where it stood, which say nothing of what is learned from it. */
export function contentOf(line: string, rawId: string): string {
  return line.slice(line.indexOf(',', OPENING.length + rawId.length + BEFORE_LINE.length));
}

/** A canonical line's id, and the line of the original on which its record begins. */
export function originOf(line: Buffer): { readonly id: string; readonly sourceLine: number } {
  const text = line.toString('latin1');
  const rawId = rawIdOf(text);
  const id: unknown = JSON.parse(`"${Buffer.from(rawId, 'latin1').toString('utf8')}"`);
  return { id: String(id), sourceLine: sourceLineOf(text, rawId) };
}
