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
/** What the zstd program itself reads without being asked for more. */
const MAX_WINDOW_LOG = 27;
const ZSTD_PIECE = 16 * 1024;

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
    before = Buffer.from(chunk.subarray(-DESCRIPTOR_AT));
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
  for (let at = bytes.indexOf(MAGIC_BYTES); at !== -1; at = bytes.indexOf(MAGIC_BYTES, at + 1)) {
    const isSingleSegment = ((bytes[at + 4] ?? 0) & 0x20) !== 0;
    const windowLog = 10 + ((bytes[at + DESCRIPTOR_AT] ?? 0) >> 3);
    if (!isSingleSegment && windowLog > MAX_WINDOW_LOG)
      throw new BrokenArchive('the archive asks for more memory than is safe');
  }
}
