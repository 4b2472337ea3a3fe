import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { throughStream } from './through-stream';

export type Archive = 'gzip' | 'zstd';

/** What a broken archive is: its bytes end too early, or are not what its checksum says. */
export class BrokenArchive extends Error {
  override readonly name = 'BrokenArchive';
}

/** By its first bytes; null for what is no archive of one file. */
export function archiveOf(head: Buffer): Archive | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return head.length < 4 || head.readUInt32LE(0) !== ZSTD_MAGIC ? null : 'zstd';
}

/** Unpacked chunks. Throws `BrokenArchive` after all that could be unpacked. */
export async function* unpack(chunks: AsyncIterable<Buffer>, archive: Archive): AsyncGenerator<Buffer> {
  if (archive === 'zstd') {
    yield* unzstd(chunks);
    return;
  }
  try {
    for await (const made of throughStream<Buffer>(chunks, createGunzip({ chunkSize: OUTPUT_BYTES })))
      yield* made;
  } catch (error) {
    throw isZlibFailure(error) ? new BrokenArchive('the archive is cut off or damaged') : error;
  }
}

function isZlibFailure(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_')
  );
}

const OUTPUT_BYTES = 64 * 1024;
const ZSTD_MAGIC = 0xfd2fb528;
const MAGIC_BYTES = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const DESCRIPTOR_AT = 5;
const MAX_HEADER_BYTES = 18;
/** The library moves all of its window for each block: a larger one takes minutes, and much memory. */
const MAX_WINDOW_BYTES = 32 * 1024 * 1024;
/** Four bytes may stand for a block of 128 KiB, and what comes of a piece is held until it is taken. */
const ZSTD_PIECE = 256;

/** By a library, because node's own decoder stops after the first of several frames. */
async function* unzstd(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let made: Buffer[] = [];
  const decoder = new Decompress((out) => {
    if (out.length > 0) made.push(Buffer.from(out));
  });
  const push = (piece: Buffer, isLast: boolean) => {
    try {
      decoder.push(piece, isLast);
      return null;
    } catch {
      return new BrokenArchive('the archive is cut off or damaged');
    }
  };
  let before = Buffer.alloc(0);
  for await (const chunk of chunks) {
    refuseLargeWindow(Buffer.concat([before, chunk]));
    before = Buffer.from(chunk.subarray(1 - MAX_HEADER_BYTES));
    for (let start = 0; start < chunk.length; start += ZSTD_PIECE) {
      const fault = push(chunk.subarray(start, start + ZSTD_PIECE), false);
      yield* made;
      made = [];
      if (fault !== null) throw fault;
    }
  }
  const fault = push(Buffer.alloc(0), true);
  yield* made;
  if (fault !== null) throw fault;
}

/** A frame says how much memory its window takes, and may ask for gigabytes. */
function refuseLargeWindow(bytes: Buffer): void {
  for (let at = bytes.indexOf(MAGIC_BYTES); at !== -1; at = bytes.indexOf(MAGIC_BYTES, at + 1))
    if (windowBytes(bytes.subarray(at, at + MAX_HEADER_BYTES)) > MAX_WINDOW_BYTES)
      throw new BrokenArchive('the archive asks for more memory than is safe');
}

/** As RFC 8878 has it: written small, or the whole content where the frame is one segment. */
function windowBytes(frame: Buffer): number {
  const flags = frame[MAGIC_BYTES.length] ?? 0;
  if ((flags & 0x20) === 0) {
    const descriptor = frame[DESCRIPTOR_AT] ?? 0;
    const base = 2 ** (10 + (descriptor >> 3));
    return base + (base / 8) * (descriptor & 7);
  }
  const contentAt = DESCRIPTOR_AT + ([0, 1, 2, 4][flags & 3] ?? 0);
  const content = frame.subarray(contentAt, contentAt + 2 ** (flags >> 6));
  return [...content].reduce((size, byte, index) => size + byte * 2 ** (8 * index), 0);
}
