import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { BrokenArchive } from './broken-archive';
import { inPieces, throughStream } from './through-stream';
import { ZSTD_MAGIC, ZstdFrames } from './zstd-frames';

export type Archive = 'gzip' | 'zstd';

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
    throw isZlibFailure(error) ? BrokenArchive.damaged() : error;
  }
}

function isZlibFailure(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_')
  );
}

const OUTPUT_BYTES = 64 * 1024;
const MIB = 1024 * 1024;
/** The library moves all of its window for each block: a larger one takes minutes, and much memory. */
const MAX_WINDOW_BYTES = 32 * MIB;
/** Four bytes may stand for a block of 128 KiB, and what comes of a piece is held until it is taken. */
const ZSTD_PIECE = 256;

const tooWide = (): BrokenArchive =>
  new BrokenArchive(
    `the archive was packed with a window of more than ${String(MAX_WINDOW_BYTES / MIB)} MiB, which takes more memory than is safe`,
    'Unpack it with “zstd -d --long=31” and import the file inside, or pack it again without --long and --ultra.',
  );

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
      return BrokenArchive.damaged();
    }
  };
  const frames = new ZstdFrames(MAX_WINDOW_BYTES);
  for await (const piece of inPieces(chunks, ZSTD_PIECE)) {
    const wideAt = frames.push(piece);
    const fault = wideAt === null ? push(piece, false) : push(piece.subarray(0, wideAt), true);
    yield* made;
    made = [];
    if (wideAt !== null) throw tooWide();
    if (fault !== null) throw fault;
  }
  const fault = push(Buffer.alloc(0), true);
  yield* made;
  if (fault !== null) throw fault;
}
