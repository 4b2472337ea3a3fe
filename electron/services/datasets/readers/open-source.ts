import { BrokenArchive } from './broken-archive';
import { encodingOf, namedEncoding, toUtf8 } from './encoding';
import type { SourceEncoding } from './encoding';
import { fileChunks, readHead } from './file-chunks';
import type { ChunkOptions } from './file-chunks';
import { MAX_LINE_BYTES } from './limits';
import { archiveOf, unpack } from './unpack';
import type { Archive } from './unpack';

/** A source file as text, whatever it is packed and encoded in. Opened anew for every look at it. */
export interface SourceText {
  readonly archive: Archive | null;
  readonly encoding: SourceEncoding;
  /** First bytes, unpacked but not converted. */
  readonly head: Buffer;
  readonly open: () => AsyncGenerator<Buffer>;
  /** Where a broken archive ended, once it was read so far. */
  readonly brokenAt: () => BrokenPlace | null;
}

export interface BrokenPlace {
  readonly line: number;
  readonly reason: string;
  /** Where there is a better one than to write the file again. */
  readonly suggestion?: string | undefined;
}

export interface SourceTextOptions extends ChunkOptions {
  /** A label that `namedEncoding` knows; the byte order mark decides where it is left out. */
  readonly encoding?: string;
  /** Called with the number of unpacked bytes; throws to stop. */
  readonly onUnpacked?: (total: number) => void;
}

const HEAD_BYTES = 4096;

export async function openSource(path: string, options: SourceTextOptions = {}): Promise<SourceText> {
  const archive = archiveOf(await readHead(path, HEAD_BYTES));
  const openBytes = () => {
    const chunks = () => fileChunks(path, options);
    return archive === null ? chunks() : counted(unpack(chunks, archive), options.onUnpacked);
  };
  const head = archive === null ? await readHead(path, HEAD_BYTES) : await firstBytes(openBytes());
  const named = options.encoding === undefined ? null : namedEncoding(options.encoding, head);
  const encoding = named ?? encodingOf(head);
  let broken: BrokenPlace | null = null;
  const open = () => {
    const text = toUtf8(openBytes(), encoding);
    const onBreak = (place: BrokenPlace) => {
      broken = place;
    };
    return archive === null ? text : wholeLines(text, onBreak);
  };
  return { archive, encoding, head, open, brokenAt: () => broken };
}

async function* counted(
  chunks: AsyncIterable<Buffer>,
  onUnpacked: (total: number) => void = () => undefined,
): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    onUnpacked(total);
    yield chunk;
  }
}

/** As many as there are before a break; the break itself is met again when the text is read. */
async function firstBytes(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of chunks) {
      pieces.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes >= HEAD_BYTES) break;
    }
  } catch (error) {
    if (!(error instanceof BrokenArchive)) throw error;
  }
  return Buffer.concat(pieces).subarray(0, HEAD_BYTES);
}

const LF = 0x0a;

/** Of a broken archive only the whole lines before the break (question 17). */
async function* wholeLines(
  chunks: AsyncIterable<Buffer>,
  onBreak: (place: BrokenPlace) => void,
): AsyncGenerator<Buffer> {
  let tail: Buffer[] = [];
  let line = 1;
  try {
    for await (const chunk of chunks) {
      const end = chunk.lastIndexOf(LF) + 1;
      if (end > 0) {
        line += lineBreaks(chunk.subarray(0, end));
        yield Buffer.concat([...tail, chunk.subarray(0, end)]);
        tail = [];
      }
      if (end < chunk.length) tail.push(chunk.subarray(end));
      // One line of a document may be the whole of it.
      if (tail.reduce((sum, { length }) => sum + length, 0) > MAX_LINE_BYTES)
        yield Buffer.concat(tail.splice(0));
    }
  } catch (error) {
    if (!(error instanceof BrokenArchive)) throw error;
    onBreak({ line, reason: error.message, suggestion: error.suggestion });
    return;
  }
  if (tail.length > 0) yield Buffer.concat(tail);
}

function lineBreaks(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) count += 1;
  return count;
}
